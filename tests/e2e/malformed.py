"""Requests that break a rule, with the code that odyssey-protocol(7) gives them; the
same for every server."""
from protocol import pack

COMMAND = {"v": 1, "op": "command", "id": "1d6f2a5e-0000-4000-8000-000000000001", "drone": "D01",
           "cmd": "hold", "args": {}, "by": "tester", "expires": 0}


def without(key):
    return pack({k: v for k, v in COMMAND.items() if k != key})


def with_(**keys):
    return pack({**COMMAND, **keys})


DEEP = b"\x82\xa1v\x01\xa2op\x91\x91\x91\x91\x91\x91\x91\x91\xa5hello"

REQUESTS = {
    "nothing at all": (b"", "bad-request"),
    "no MessagePack": (b"\xc1\xc1\xc1", "bad-request"),
    "text for people": (b"GET / HTTP/1.1\r\n\r\n", "bad-request"),
    "a cut map": (b"\x82\xa1v\x01", "bad-request"),
    "a map and more": (pack({"v": 1, "op": "hello"}) + b"\x00", "bad-request"),
    "nil": (b"\xc0", "bad-request"),
    "an array": (pack(["hello"]), "bad-request"),
    "a number": (pack(1), "bad-request"),
    "an empty map": (pack({}), "bad-request"),
    "150 bytes that promise 2^32 elements each": (b"\xdd\xff\xff\xff\xff" * 30, "bad-request"),
    "a map that promises 2^32 pairs": (b"\xdf\xff\xff\xff\xff\xa1v\x01", "bad-request"),
    "nested too deep": (DEEP, "bad-request"),
    "nested 10,000 deep": (b"\x91" * 10000 + b"\xc0", "bad-request"),
    "over 4 MiB": (pack({"v": 1, "op": "hello", "x": b"\0" * (4 << 20)}), "bad-request"),
    "no v": (pack({"op": "hello"}), "bad-request"),
    "v nil": (pack({"v": None, "op": "hello"}), "bad-request"),
    "v a text": (pack({"v": "1", "op": "hello"}), "bad-request"),
    "v 2": (pack({"v": 2, "op": "hello"}), "bad-version"),
    "v 0": (pack({"v": 0, "op": "hello"}), "bad-version"),
    "no op": (pack({"v": 1}), "bad-request"),
    "op a number": (pack({"v": 1, "op": 5}), "bad-request"),
    "op unknown": (pack({"v": 1, "op": "dance"}), "unknown-op"),
    "op empty": (pack({"v": 1, "op": ""}), "unknown-op"),
    "v 2 and op unknown": (pack({"v": 2, "op": "dance"}), "bad-version"),
    "v 2 and a key missing": (pack({"v": 2, "op": "plan"}), "bad-request"),
    "plan without drone": (pack({"v": 1, "op": "plan"}), "bad-request"),
    "plan of a number": (pack({"v": 1, "op": "plan", "drone": 5}), "bad-request"),
    "plan of nobody here": (pack({"v": 1, "op": "plan", "drone": "nobody"}), "unknown-drone"),
    "plan of no id": (pack({"v": 1, "op": "plan", "drone": "a b\n"}), "unknown-drone"),
    "backfill without boot": (pack({"v": 1, "op": "backfill", "drone": "D01", "from": 0, "to": 1}),
                              "bad-request"),
    "backfill from a text": (pack({"v": 1, "op": "backfill", "drone": "D01", "boot": 1,
                                   "from": "0", "to": 1}), "bad-request"),
    "backfill of nobody here": (pack({"v": 1, "op": "backfill", "drone": "nobody", "boot": 1,
                                      "from": 0, "to": 1}), "unknown-drone"),
    "commands of a number": (pack({"v": 1, "op": "commands", "drone": 5}), "bad-request"),
    "command without id": (without("id"), "bad-request"),
    "command without drone": (without("drone"), "bad-request"),
    "command without cmd": (without("cmd"), "bad-request"),
    "command without args": (without("args"), "bad-request"),
    "command without by": (without("by"), "bad-request"),
    "command without expires": (without("expires"), "bad-request"),
    "command with id a number": (with_(id=5), "bad-request"),
    "command with id nil": (with_(id=None), "bad-request"),
    "command with args an array": (with_(args=[]), "bad-request"),
    "command with expires a text": (with_(expires="soon"), "bad-request"),
    "command of v 2 with a key of the wrong type": (with_(v=2, cmd=7), "bad-request"),
    "command of v 2": (with_(v=2), "bad-version"),
}
