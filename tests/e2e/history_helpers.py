"""What the tests of the history share: asking it in SQL, what must be in it,
load from a scripted source, clocks that can be moved, a disk that can be full."""
import csv
import io
import json
import os
import pathlib
import sqlite3
import struct
import subprocess
import threading
import time

import protocol
from programs import ODYSSEY, preload, run
from wire import PATIENCE, Control, wait_for

SCALES = {name: scale for name, _, _, scale in protocol.FIELDS}


def history_of(d):
    return pathlib.Path(d.state) / "history"


def ask_sql(directory, statement, *more, timeout=PATIENCE, **env):
    return run([ODYSSEY, "sql", "--history", directory, *more, statement], "/", timeout, **env)


def sql(directory, statement, **keys):
    """The rows, a dict each."""
    code, out, err = ask_sql(directory, statement, "--json", **keys)
    assert code == 0, err
    return [json.loads(line) for line in out.splitlines()]


def sql_csv(directory, statement):
    """The rows, a tuple of texts each; quicker to read than JSON."""
    code, out, err = ask_sql(directory, statement, "--csv")
    assert code == 0, err
    return [tuple(r) for r in csv.reader(io.StringIO(out))][1:]


def seqs(directory, drone, boot):
    return [int(r[0]) for r in sql_csv(directory, "SELECT seq FROM telemetry WHERE drone = '%s' AND"
                                       " boot = %d ORDER BY seq" % (drone, boot))]


def count(directory):
    """Samples in all days; 0 where nothing can be read yet."""
    code, out, _ = ask_sql(directory, "SELECT count(*) FROM telemetry", "--csv")
    return int(out.split()[1]) if code == 0 and len(out.split()) == 2 else 0


def keys_sent(*sources):
    """(drone, boot, seq, time) of every sample a scripted source ever had."""
    return sorted((drone, boot, seq, row[2]) for s in sources
                  for (drone, boot), held in s.recorded.items() for seq, row in held.items())


def keys_stored(directory):
    return sorted((d, int(b), int(s), int(t)) for d, b, s, t in
                  sql_csv(directory, "SELECT drone, boot, seq, time FROM telemetry"))


def wait_slowly(condition, what, timeout=PATIENCE):
    """For conditions that cost time themselves."""
    def patient():
        return condition() or time.sleep(0.2)
    return wait_for(patient, what, timeout)


def wait_all_stored(directory, *sources, timeout=PATIENCE):
    """Every sample of the sources is there exactly once, and nothing else is."""
    wanted = keys_sent(*sources)
    try:
        wait_slowly(lambda: count(directory) >= len(wanted), "%d samples" % len(wanted), timeout)
    except AssertionError as why:
        missing = sorted(set(wanted) - set(keys_stored(directory)))
        raise AssertionError("%s; %d missing, first %r" % (why, len(missing), missing[:3])) from why
    got = keys_stored(directory)
    assert got == wanted, "%d stored, %d sent, %d of them twice; extra %r" % (
        len(got), len(wanted), len(got) - len(set(got)), sorted(set(got) - set(wanted))[:3])


def values_sent(row):
    """A sample as sent, in the units of the table `telemetry`."""
    values = dict(zip(protocol.NAMES, row))
    return {n: values.get(n) if n == "time" or values.get(n) is None or SCALES[n] == 1
            else values[n] * SCALES[n] for n in protocol.NAMES}


def check_values(stored, row):
    """stored: a dict of SQL; row: the array that was sent."""
    for name, value in values_sent(row).items():
        got = stored[name]
        if value is None or isinstance(value, int):
            assert got == value, (name, got, value)
        else:
            assert got is not None and abs(got - value) <= abs(SCALES[name]) * 1e-3, (name, got, value)


def backfilled_rows(d, drone, boot, first, last):
    """Every sample the daemon answers to backfill, as it is on the wire, in all its pieces."""
    got, pieces, at = [], 0, first
    with Control(d.control) as c:
        while True:
            c.send_raw(protocol.pack({"v": 1, "op": "backfill", "drone": drone, "boot": boot,
                                      "from": at, "to": last}))
            # Read without the rules: a sample may hold what only a later protocol knows.
            r = protocol.unpack(c.receive_raw())
            assert r["ok"] and len(r["samples"]) <= protocol.BACKFILL_MAX, r
            got += r["samples"]
            pieces += 1
            if not r["more"]:
                return got, pieces
            at = got[-1][1] + 1


def ready(src, d):
    """Samples pass from now on."""
    def up():
        with Control(d.control) as c:
            c.send_raw(protocol.pack({"v": 1, "op": "sources"}))
            return {"feed": src.feed, "state": "up"}.items() <= next(
                s for s in protocol.unpack(c.receive_raw())["sources"] if s["feed"] == src.feed).items()
    if hasattr(src, "wait_subscribed"):
        src.wait_subscribed()
    wait_for(up, "%s up" % src.feed)
    return d


def settle(d):
    """What was received is committed: a commit every 100 ms, as documented."""
    time.sleep(0.4)
    return history_of(d)


def memory_kb(program):
    with open("/proc/%d/status" % program.process.pid, encoding="ascii") as f:
        return int(next(line for line in f if line.startswith("VmRSS")).split()[1])


def day_files(directory):
    return sorted(p for p in pathlib.Path(directory).glob("????-??-??.db"))


def plain(path, statement):
    """The rows of one day's file as SQLite itself has them, read-only."""
    db = sqlite3.connect("file:%s?mode=ro" % path, uri=True, timeout=5)
    try:
        return db.execute(statement).fetchall()
    finally:
        db.close()


def sealed_samples(path):
    return plain(path, "SELECT coalesce(sum(count), 0) FROM sealed")[0][0]


class Load:
    """A sample of each drone of the source every 1/hz s, in a thread, until stopped.

    One in `drop` is only recorded; padding is bytes more in each, past the known elements.
    """

    def __init__(self, src, hz=10, drop=0, padding=0):
        self.src, self.hz, self.drop, self.padding = src, hz, drop, padding
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        at, n = time.monotonic(), 0
        while not self._over.is_set():
            bodies = []
            for drone in self.src.drones:
                n += 1
                body = self._sample(drone, n)
                if not self.drop or n % self.drop:
                    bodies.append((b"tm." + drone.encode(), body))
            self._send(bodies)
            at += 1 / self.hz
            self._over.wait(max(0, at - time.monotonic()))

    def _sample(self, drone, n):
        body = self.src.sample(drone, send=False, height=n % 20000)
        if not self.padding:
            return body
        held = self.src.recorded[drone, self.src.boot]
        row = held[max(held)]
        row += [None] * (len(protocol.NAMES) - len(row)) + [os.urandom(self.padding)]
        return protocol.pack(row)

    def _send(self, bodies):
        src = self.src

        def send():
            for frames in bodies:
                src._pub.send_multipart(frames)
            src.sent += len(bodies)
        src._call(send)

    def close(self):
        self._over.set()
        self._thread.join()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Clocks:
    """Clocks of programs started with .env, moved while they run."""

    def __init__(self, place):
        self.path = pathlib.Path(place) / "shift"
        self.real_ms = self.mono_ms = 0
        self._write()
        self.env = preload(place, "clock_shift", CLOCK_SHIFT=str(self.path))

    def _write(self):
        data = struct.pack("=qq", self.real_ms * 1000000, self.mono_ms * 1000000)
        if not self.path.exists():
            self.path.write_bytes(data)
            return
        with open(self.path, "r+b", buffering=0) as f:
            f.write(data)

    def move(self, real_ms=0, mono_ms=0):
        self.real_ms += real_ms
        self.mono_ms += mono_ms
        self._write()


class SmallDisk:
    """A tmpfs of so many KiB; needs root."""

    def __init__(self, path, kib):
        self.path = pathlib.Path(path)
        self.path.mkdir(exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=%dk" % kib, "tmpfs", self.path],
                       check=True, capture_output=True)
        self.filler = self.path / "filler"

    @staticmethod
    def allowed():
        return os.geteuid() == 0 and os.path.exists("/proc/mounts")

    def fill(self):
        """To the last byte."""
        with open(self.filler, "ab", buffering=0) as f:
            for size in (1 << 16, 4096, 1):
                try:
                    while True:
                        f.write(b"x" * size)
                except OSError:
                    pass

    def free(self):
        self.filler.unlink()

    def close(self):
        subprocess.run(["umount", "-l", self.path], check=False, capture_output=True)
