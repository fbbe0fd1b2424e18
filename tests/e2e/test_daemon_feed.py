"""odyssey daemon: what goes in valid comes out, the same bytes; nothing else does."""
import time

import pytest

import protocol
from protocol import pack
from wire import wait_for


@pytest.fixture
def pair(fake, daemon, watch):
    """A scripted source, a daemon on it, a watcher of the daemon's feed."""
    def start(**keys):
        src = fake(**keys)
        d = daemon(sources=[src])
        w = watch(d)
        w.wait(1, "hb")
        src.wait_subscribed()
        d.wait_up(src)
        return src, d, w
    return start


def through(src, w, drone=None):
    """A marker through the whole daemon: all sent before it has been looked at."""
    mark = src.sample(drone)
    wait_for(lambda: any(m.body == mark for m in w.messages), "the marker")
    return mark


def test_the_same_bytes_in_the_same_order(pair):
    src, _, w = pair(drones=["F01", "F02", "F03"])
    sent = []
    for n in range(600):
        drone = src.drones[n * 7 % 3]
        sent.append((b"tm." + drone.encode(), src.sample(drone, battery=None if n % 5 else 900)))
    through(src, w)
    got = [(m.topic, m.body) for m in w.of("tm")][:600]
    assert got == sent
    assert w.wrong == []


def test_every_kind_passes_as_it_came(pair):
    src, _, w = pair()
    src.sample()
    now = src.now()
    bodies = [
        (b"ev.F01", pack({"drone": "F01", "source": "fake", "time": now, "severity": 3, "text": "a"})),
        (b"ev.", pack({"drone": None, "source": "fake", "time": now, "severity": 6, "text": "b"})),
        (b"ev.", pack({"source": "fake", "time": now, "severity": 6, "text": "no drone key"})),
        (b"pl.F01", pack({"drone": "F01", "rev": 4, "time": now})),
        (b"vd.F01", pack([src.boot, 0, now, 8, 8, "jpeg", b"\xff\xd8\xff\xd9"])),
        (b"cm.F01", pack({"id": "c1", "drone": "F01", "cmd": "hold", "by": "x", "stage": "accepted",
                          "time": now, "text": ""})),
        (b"ev.F01", pack({"drone": "F01", "source": "fake", "time": now, "severity": 9, "text": "later",
                          "extra": {"a": [1]}})),
    ]
    for topic, body in bodies:
        src.raw(topic, body)
    through(src, w)
    got = [(m.topic, m.body) for m in w.messages]
    for b in bodies:
        assert got.count(b) == 1, b
    order = [got.index(b) for b in bodies]
    assert order == sorted(order)


def test_a_source_s_heartbeats_stop_at_the_daemon(pair):
    src, d, w = pair()
    w.wait(4, "hb")
    assert {m.id for m in w.of("hb")} == {d.hello["source"]}
    assert all(m.value["kind"] == "daemon" for m in w.of("hb"))
    assert len([1 for m in w.messages if m.topic == b"hb." + src.name.encode()]) == 0


def test_sent_counts_the_daemons_own_feed(pair):
    src, _, w = pair()
    for _ in range(30):
        src.samples(20)
        time.sleep(0.1)
    w.wait(4, "hb")
    assert w.wrong == []  # the watcher counts along


def test_grown_samples_and_unknown_values_pass(pair):
    src, _, w = pair()
    values = [src.boot, 0, src.now()] + [None] * 27 + [7, {"new": [True]}]
    grown = pack(values)
    src.raw(b"tm.F01", grown)
    modes = src.sample(seq=1, mode=200, fix=99, flags=0xffff)
    long_form = bytes([0xdd, 0, 0, 0, 3, 0xcf]) + src.boot.to_bytes(8, "big") + b"\xd3" + \
        (2).to_bytes(8, "big") + b"\xcf" + src.now().to_bytes(8, "big")
    src.raw(b"tm.F01", long_form)
    wait_for(lambda: any(m.body == long_form for m in w.messages), "the last")
    assert [m.body for m in w.messages if m.topic == b"tm.F01"] == [grown, modes, long_form]


def test_duplicates_are_recognised(pair):
    src, d, w = pair()
    body = src.sample()
    for _ in range(20):
        src.raw(b"tm.F01", body)
    src.sample()
    through(src, w)
    assert [s.seq for s in w.samples("F01")] == [0, 1, 2]
    assert w.wrong == []


def test_late_samples_never_overwrite_newer_state(pair):
    src, d, w = pair()
    src.on_backfill = lambda r: [(0, {"v": 1, "ok": True, "samples": [], "more": False, "held": [],
                                      "lost": []})]
    early = [src.sample(seq=n, send=False, height=100 + n) for n in range(10)]
    src.raw(b"tm.F01", early[0])
    for n in (5, 6, 7):
        src.raw(b"tm.F01", early[n])
    for n in (3, 2, 4, 1):
        src.raw(b"tm.F01", early[n])
    src.raw(b"tm.F01", early[8])
    wait_for(lambda: any(m.body == early[8] for m in w.messages), "seq 8")
    assert protocol.check_sample(d.drone("F01")["tm"]).height == 108
    # Whatever of the late ones is offered, it is the same bytes, once.
    seen = [m.value.seq for m in w.of("tm")]
    assert len(set(seen)) == len(seen)
    assert [s for s in seen if s in (0, 5, 6, 7, 8)] == [0, 5, 6, 7, 8]
    assert {m.body for m in w.of("tm")} <= set(early)


SAMPLE = [1795252400, 0, 1795252504250]
BAD = {
    "no MessagePack": (b"tm.F01", b"\xc1"),
    "empty body": (b"tm.F01", b""),
    "cut": (b"tm.F01", pack(SAMPLE)[:-1]),
    "more behind it": (b"tm.F01", pack(SAMPLE) + b"\0"),
    "150 bytes that promise 2^32 elements each": (b"tm.F01", b"\xdd\xff\xff\xff\xff" * 30),
    "the same in an event": (b"ev.F01", b"\xdd\xff\xff\xff\xff" * 30),
    "a map of 2^32 pairs": (b"ev.F01", b"\xdf\xff\xff\xff\xff\xa1a\x01"),
    "a text of 2^32 bytes": (b"ev.F01", b"\x81\xa4text\xdb\xff\xff\xff\xffab"),
    "arrays 100,000 deep": (b"tm.F01", b"\x91" * 100000 + b"\xc0"),
    "nine deep": (b"ev.F01", b"\x81\xa1x" + b"\x91" * 8 + b"\xc0"),
    "over 4 MiB": (b"ev.F01", pack({"drone": "F01", "source": "fake", "time": 1, "severity": 1,
                                    "text": "x" * (4 << 20)})),
    "a map": (b"tm.F01", pack({"boot": 1})),
    "two elements": (b"tm.F01", pack(SAMPLE[:2])),
    "nil seq": (b"tm.F01", pack([1795252400, None, 5])),
    "negative seq": (b"tm.F01", pack([1795252400, -1, 5])),
    "seq over uint32": (b"tm.F01", pack([1795252400, 2**32, 5])),
    "a float": (b"tm.F01", pack(SAMPLE + [48.1])),
    "a text": (b"tm.F01", pack(SAMPLE + ["48"])),
    "a boolean": (b"tm.F01", pack(SAMPLE + [True])),
    "lat 95": (b"tm.F01", pack(SAMPLE + [950000000, 0])),
    "lon 181": (b"tm.F01", pack(SAMPLE + [0, 1810000000])),
    "course 36000": (b"tm.F01", pack(SAMPLE + [None] * 6 + [36000])),
    "battery 1001": (b"tm.F01", pack(SAMPLE + [None] * 10 + [1001])),
    "climb over int16": (b"tm.F01", pack(SAMPLE + [None] * 5 + [40000])),
    "sats 256": (b"tm.F01", pack(SAMPLE + [None] * 14 + [256])),
    "tm of nobody": (b"tm.", pack(SAMPLE)),
    "tm of no id": (b"tm.a b", pack(SAMPLE)),
    "tm of a long id": (b"tm." + b"x" * 33, pack(SAMPLE)),
    "a zero in the id": (b"tm.F\x0001", pack(SAMPLE)),
    "an event without text": (b"ev.F01", pack({"drone": "F01", "source": "fake", "time": 1,
                                               "severity": 1})),
    "an event about another": (b"ev.F01", pack({"drone": "F02", "source": "fake", "time": 1,
                                                "severity": 1, "text": "x"})),
    "an event with text no UTF-8": (b"ev.", b"\x83\xa4time\x01\xa8severity\x01\xa4text\xa1\xff"),
    "progress with a stage of 5": (b"cm.F01", pack({"id": "c", "drone": "F01", "cmd": "hold",
                                                    "by": "x", "stage": 5, "time": 1, "text": ""})),
    "progress without id": (b"cm.F01", pack({"drone": "F01", "cmd": "hold", "by": "x",
                                             "stage": "done", "time": 1, "text": ""})),
    "a plan as an array": (b"pl.F01", pack(["F01", 1, 2])),
    "a plan with a float rev": (b"pl.F01", pack({"drone": "F01", "rev": 1.5, "time": 2})),
    "video without its picture": (b"vd.F01", pack([1, 2, 3, 4, 5, "jpeg"])),
}


def test_rejects_never_reach_the_feed(pair):
    """One daemon, all of them: it lives, the good ones pass, and `received` counts."""
    src, d, w = pair()
    through(src, w)
    before = {(m.topic, m.body) for m in w.messages}
    for topic, body in BAD.values():
        src.raw(topic, body)
    src.raw(b"tm.F01", pack(SAMPLE), b"a third frame")
    src.publish("hb.other", {"v": 1, "source": "fake", "kind": "sim", "boot": 1, "time": 1,
                             "drones": 1, "sent": 1})
    through(src, w)
    got = {(m.topic, m.body) for m in w.messages} - before
    for name, bad in BAD.items():
        assert bad not in got, name
    assert {m.kind for m in w.messages if (m.topic, m.body) in got} <= {"tm", "hb", "ev", "al"}
    assert w.wrong == []
    assert d.running()
    said = d.source(src.feed)
    assert said["state"] == "up" and said["received"] >= len(BAD)


def test_hostile_bytes_cost_no_memory(pair):
    src, d, w = pair()
    through(src, w)
    before = memory_kb(d)
    for _ in range(300):
        src.raw(b"tm.F01", b"\xdd\xff\xff\xff\xff" * 30)
        src.raw(b"ev.", b"\xdf\x7f\xff\xff\xff" * 200)
    through(src, w)
    assert memory_kb(d) < before + 50000


def memory_kb(program):
    with open("/proc/%d/status" % program.process.pid, encoding="ascii") as f:
        return int(next(line for line in f if line.startswith("VmRSS")).split()[1])


def test_unknown_topics_pass_by(pair):
    src, d, w = pair()
    for topic in (b"xx.F01", b"tmp", b"TM.F01", b"", b"tm", b"al", b"\xff\xff\xff", b"zz." + b"y" * 300):
        src.raw(topic, pack(SAMPLE))
        src.raw(topic, b"\xc1 no MessagePack")
    through(src, w)
    assert {m.topic[:3] for m in w.messages} <= {b"tm.", b"hb.", b"ev."}
    assert w.wrong == []


def test_one_drone_s_boot_goes_forward_only(pair):
    """An older boot is the past: it never replaces the newer state."""
    src, d, w = pair()
    src.sample(height=100)
    new = src.sample(boot=src.boot + 10, seq=0, height=200)
    src.sample(boot=src.boot, seq=1, height=300)
    wait_for(lambda: any(m.body == new for m in w.messages), "the new boot")
    mark = src.sample(boot=src.boot + 10, seq=1, height=400)
    wait_for(lambda: any(m.body == mark for m in w.messages), "the marker")
    tm = protocol.check_sample(d.drone("F01")["tm"])
    assert tm.boot == src.boot + 10 and tm.height == 400


def test_chained_daemons(fake, daemon, watch):
    """A daemon is a source, so daemons can be chained."""
    src = fake()
    first = daemon(sources=[src], name="first", *["--name", "first"])
    second = daemon(sources=[first], name="second", *["--name", "second"])
    w = watch(second)
    w.wait(1, "hb")
    second.wait_up(first)
    first.wait_up(src)
    sent = []
    wait_for(lambda: sent.append(src.sample()) or w.of("tm"), "a sample")
    more = src.samples(50)
    wait_for(lambda: any(m.body == more[-1] for m in w.messages), "the last")
    got = [m.body for m in w.of("tm")]
    assert got[-50:] == more
    assert second.drone("F01")["id"] == "F01"
    assert second.command("F01", "hold")[1]["ok"]
    assert src.commands()[-1]["cmd"] == "hold"
    assert w.wrong == []


def test_a_subscriber_may_come_and_go(pair, watch):
    src, d, w = pair()
    for _ in range(5):
        late = watch(d)
        late.wait(1, "hb")
        body = src.sample()
        wait_for(lambda l=late, b=body: any(m.body == b for m in l.messages), "the sample")
        late.close()
    assert w.wrong == []


def test_prefix_subscription(pair, watch):
    src, d, _ = pair(drones=["F1", "F10", "F2"])
    only = watch(d, prefix=b"tm.F1")
    seen = wait_for(lambda: [src.sample(x) for x in src.drones] and only.messages, "samples")
    src.samples(3, "F10")
    assert {m.topic for m in seen} <= {b"tm.F1", b"tm.F10"}


def test_a_burst_passes_in_order(pair):
    """A burst much faster than any fleet: nothing lost, nothing reordered."""
    src, d, w = pair(drones=["F%02d" % n for n in range(20)])
    through(src, w)
    start = len(w.messages)
    for _ in range(400):
        for drone in src.drones:
            src.sample(drone)
    last = src.sample("F19")
    wait_for(lambda: w.messages[-1].body == last or any(m.body == last for m in w.messages[-50:]),
             "the last", 60)
    assert len(w.of("tm")) >= 8001
    assert w.wrong == []
    assert start
