"""The hand-checked frames of tests/wire, read by the reader written from the page."""
import base64
import json
import pathlib

import pytest

import protocol

FRAMES = sorted((pathlib.Path(__file__).resolve().parents[1] / "wire").glob("*.hex"))


def read(path):
    head, body = {}, b""
    for line in path.read_text(encoding="utf-8").splitlines():
        word, _, rest = line.partition(" ")
        if word in ("topic", "expect", "json", "shortest"):
            head[word] = rest
        else:
            body += bytes.fromhex(line.partition("#")[0])
    return head, body


def as_json(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False,
                      default=lambda b: base64.b64encode(b).decode())


@pytest.mark.parametrize("path", FRAMES, ids=lambda p: p.stem)
def test_frame(path):
    head, body = read(path)
    if "json" in head:
        value = protocol.msgpack.unpackb(body, raw=False)
        assert json.loads(as_json(value)) == json.loads(head["json"])
        assert (protocol.pack(value) == body) == (head["shortest"] == "yes")
    if head["topic"] == "reply":
        protocol.check_reply(body)
        return
    if head["topic"] == "request":
        request = protocol.unpack(body)
        known = isinstance(request, dict) and request.get("v") == 1 and request["op"] in (
            "hello", "roster", "sources", "command", "commands", "plan", "backfill",
            "alarms", "ack", "shelve", "unshelve", "zones", "events")
        assert known == (head["expect"] == "ok" or path.stem == "bad-request-shelve")
        return
    # A writer of version 1 makes neither what is refused nor what later versions add.
    writable = (head["expect"] == "ok" and head.get("shortest") == "yes" and
                path.stem not in ("tm-grown", "hb-new-kind"))
    try:
        protocol.check_message(head["topic"].encode(), body)
        assert writable
    except protocol.Violation as why:
        assert not writable, why
