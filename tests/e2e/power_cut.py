"""The disk as a power cut would have left it, from a log of all that was done to its files.

What was written before the last sync of its file is there. Of what was written since, each
write is there, or is not, or is in part, by sectors, in any order: that is what a disk with a
cache may do, and more than most do. A file's name counts as kept when it is made.
"""
import collections
import pathlib
import struct

from programs import preload

SECTOR = 512
HEAD = struct.Struct("<cQQQQ")

Step = collections.namedtuple("Step", "kind at offset path data")


class WriteLog:
    """Programs started with .env note all that they do to their history's files."""

    def __init__(self, place):
        self.path = pathlib.Path(place) / "writes.log"
        self.env = preload(place, "write_log", WRITE_LOG=str(self.path))

    def read(self):
        steps, log, p = [], self.path.read_bytes(), 0
        while p + HEAD.size <= len(log):
            kind, at, offset, path_len, data_len = HEAD.unpack_from(log, p)
            p += HEAD.size
            if p + path_len + data_len > len(log):
                break  # killed while it was noted
            name = pathlib.Path(log[p:p + path_len].decode()).name
            p += path_len
            steps.append(Step(kind.decode(), at / 1e9, offset, name, log[p:p + data_len]))
            p += data_len
        return steps


def _write(content, offset, data):
    if len(content) < offset + len(data):
        content.extend(bytes(offset + len(data) - len(content)))
    content[offset:offset + len(data)] = data


def _write_torn(content, offset, data, chance):
    for at in range(0, len(data), SECTOR):
        if chance.random() < 0.5:
            _write(content, offset + at, data[at:at + SECTOR])


def rebuild(steps, cut, directory, chance=None):
    """The files after steps[:cut] into a fresh directory. Without chance nothing is kept that
    was not synced."""
    synced, files = {}, {}
    for i, s in enumerate(steps[:cut]):
        if s.kind == "S":
            synced[s.path] = i
    for i, s in enumerate(steps[:cut]):
        sure = i < synced.get(s.path, -1)
        luck = 1 if sure or not chance else chance.random()
        if s.kind == "C":
            files[s.path] = bytearray()
        elif s.kind == "U":
            files.pop(s.path, None)
        elif s.kind == "R":
            files[pathlib.Path(s.data.decode()).name] = files.pop(s.path, bytearray())
        elif not sure and not chance:
            continue
        elif s.kind == "T" and luck > 0.5 and s.path in files:
            content = files[s.path]
            del content[s.offset:]
            content.extend(bytes(s.offset - len(content)))
        elif s.kind == "W" and luck > 0.6:
            _write(files.setdefault(s.path, bytearray()), s.offset, s.data)
        elif s.kind == "W" and luck > 0.3:
            _write_torn(files.setdefault(s.path, bytearray()), s.offset, s.data, chance)
    directory = pathlib.Path(directory)
    directory.mkdir(parents=True)
    for name, content in files.items():
        (directory / name).write_bytes(content)
    return directory
