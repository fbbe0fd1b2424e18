"""Holes in a drone's sequence: asked for at the source, kept, and given out again."""
import time

import pytest

import protocol
from wire import Control, wait_for


def stored(d, drone, boot, first, last):
    """seq numbers that the daemon itself answers to backfill."""
    with Control(d.control) as c:
        got, at = [], first
        while True:
            r = c.backfill(drone, boot, at, last)
            assert r["ok"], r
            got += [s[1] for s in r["samples"]]
            if not r["more"]:
                return got
            at = got[-1] + 1


def test_a_hole_is_asked_for_as_soon_as_it_is_seen(fake, daemon, watch):
    src = fake()
    d = daemon(sources=[src])
    w = watch(d, holes=True)
    src.wait_subscribed()
    d.wait_up(src)
    src.samples(5)
    for _ in range(3):
        src.sample(send=False)
    start = time.monotonic()
    src.samples(5)
    [request] = wait_for(lambda: src.asked("backfill"), "a request")[:1]
    assert time.monotonic() - start < 5
    assert request["drone"] == "F01" and request["boot"] == src.boot
    assert request["from"] <= 5 and request["to"] >= 7
    wait_for(lambda: stored(d, "F01", src.boot, 0, 12) == list(range(13)), "all 13 in the history")
    # What came by backfill is never published on tm.
    assert [s.seq for s in w.samples("F01")] == [0, 1, 2, 3, 4, 8, 9, 10, 11, 12]
    assert w.wrong == []


def test_what_came_before_the_daemon_is_fetched_too(fake, daemon):
    """It starts in mid-flight: what the source still holds is asked for."""
    src = fake()
    src.samples(300)
    d = daemon(sources=[src])
    src.wait_subscribed()
    d.wait_up(src)
    src.sample()
    wait_for(lambda: stored(d, "F01", src.boot, 0, 300) == list(range(301)), "all of it")


def test_more_than_2000_go_on(fake, daemon):
    src = fake()
    d = daemon(sources=[src])
    src.wait_subscribed()
    d.wait_up(src)
    src.sample()
    for _ in range(5000):
        src.sample(send=False)
    src.sample()
    wait_for(lambda: stored(d, "F01", src.boot, 0, 5001) == list(range(5002)), "5,002 samples", 40)


def test_lost_for_ever_is_asked_for_no_more(fake, daemon):
    src = fake()
    d = daemon(sources=[src])
    src.wait_subscribed()
    d.wait_up(src)
    src.samples(5)
    src.lost["F01", src.boot] = [[5, 7]]
    for n in (8, 9, 10):
        src.sample(seq=n)
    wait_for(lambda: src.asked("backfill"), "a request")
    with Control(d.control) as c:
        wait_for(lambda: c.backfill("F01", src.boot, 0, 10)["lost"] == [[5, 7]], "known as lost")
    n = len([r for r in src.asked("backfill") if r["from"] <= 7])
    src.samples(5)
    time.sleep(1.5)
    assert len([r for r in src.asked("backfill") if r["from"] <= 7]) == n
    assert stored(d, "F01", src.boot, 0, 10) == [0, 1, 2, 3, 4, 8, 9, 10]


def test_in_neither_is_asked_for_later(fake, daemon):
    src = fake()
    hidden = {5, 6}

    def answer(r):
        held = src.recorded["F01", src.boot]
        found = [held[s] for s in sorted(held) if r["from"] <= s <= r["to"] and s not in hidden]
        return [(0, {"v": 1, "ok": True, "samples": found, "more": False,
                     "held": [[src.boot, 0, max(held)]], "lost": []})]
    src.on_backfill = answer
    d = daemon(sources=[src])
    src.wait_subscribed()
    d.wait_up(src)
    src.samples(5)
    for _ in range(3):
        src.sample(send=False)
    src.samples(2)
    wait_for(lambda: stored(d, "F01", src.boot, 0, 9) == [0, 1, 2, 3, 4, 7, 8, 9], "the others")
    hidden.clear()
    wait_for(lambda: stored(d, "F01", src.boot, 0, 9) == list(range(10)), "these two", 40)


def test_a_seq_neither_nor_held_is_asked_for_later(fake, daemon):
    """Only `lost` means lost: a source may not hold it yet, or not tell what it holds."""
    src = fake()
    src.on_backfill = lambda r: [(0, {"v": 1, "ok": True, "samples": [], "more": False,
                                      "held": [], "lost": []})]
    d = daemon(sources=[src])
    src.wait_subscribed()
    d.wait_up(src)
    src.samples(3)
    src.sample(send=False)
    src.samples(3)
    wait_for(lambda: src.asked("backfill"), "a request")
    time.sleep(0.3)
    with Control(d.control) as c:
        assert c.backfill("F01", src.boot, 0, 6)["lost"] == []
    src.on_backfill = None
    wait_for(lambda: stored(d, "F01", src.boot, 0, 6) == list(range(7)), "it", 40)


def test_late_ones_fill_their_hole_themselves(fake, daemon, watch):
    src = fake()
    src.on_backfill = lambda r: []
    d = daemon(sources=[src])
    src.wait_subscribed()
    d.wait_up(src)
    src.samples(3)
    late = src.sample(send=False)
    src.samples(3)
    src.raw(b"tm.F01", late)
    wait_for(lambda: stored(d, "F01", src.boot, 0, 6) == list(range(7)), "all seven")


def test_hostile_backfill_answers_harm_nothing(fake, daemon, watch):
    src = fake(drones=["F01", "F02"])
    bad = [
        [[src.boot, 5, "x"]], [[1, 2]], [7], [[src.boot + 1, 5, 1795252504250]],
        [[src.boot, 4000000000, 1795252504250]], [[src.boot, 6, 1795252504250, 950000000]]]
    answers = iter(bad * 10)
    src.on_backfill = lambda r: [(0, {"v": 1, "ok": True, "samples": next(answers, []),
                                      "more": True, "held": [[1]], "lost": [[9, 1], "x"]})]
    d = daemon(sources=[src])
    w = watch(d, holes=True)
    src.wait_subscribed()
    d.wait_up(src)
    src.samples(3)
    src.sample(send=False)
    src.samples(3)
    wait_for(lambda: len(src.asked("backfill")) >= 2, "requests")
    # And not in a hurry: a source that answers nonsense is not asked without end.
    time.sleep(1)
    assert len(src.asked("backfill")) < 60
    mark = src.sample("F02")
    wait_for(lambda: any(m.body == mark for m in w.messages), "the marker")
    assert d.running()


def test_the_daemons_own_backfill(fake, daemon):
    src = fake()
    d = daemon(sources=[src])
    src.wait_subscribed()
    d.wait_up(src)
    bodies = src.samples(2500)
    wait_for(lambda: len(stored(d, "F01", src.boot, 0, 2499)) == 2500, "2,500 stored")
    with Control(d.control) as c:
        r = c.backfill("F01", src.boot, 0, 2499)
        assert len(r["samples"]) == protocol.BACKFILL_MAX and r["more"]
        assert [protocol.pack(s) for s in r["samples"]] == bodies[:2000]
        assert [src.boot, 0, 2499] in r["held"]
        r = c.backfill("F01", src.boot, 2000, 2499)
        assert not r["more"] and [s[1] for s in r["samples"]] == list(range(2000, 2500))
        r = c.backfill("F01", src.boot + 7, 0, 10)
        assert r["ok"] and r["samples"] == [] and r["held"]
        assert c.backfill("nobody", src.boot, 0, 10)["code"] == "unknown-drone"


@pytest.mark.parametrize("number", [15, 9])
def test_holes_of_a_restart_are_filled(fake, daemon, number):
    src = fake()
    d = daemon(sources=[src])
    src.wait_subscribed()
    d.wait_up(src)
    src.samples(200)
    wait_for(lambda: len(stored(d, "F01", src.boot, 0, 199)) == 200, "the first 200")
    d.stop(number)
    wait_for(lambda: src.subscribers == 0, "gone")
    src.samples(200)
    d = d.again()
    try:
        src.wait_subscribed()
        d.wait_drone("F01")
        src.samples(10)
        wait_for(lambda: stored(d, "F01", src.boot, 0, 409) == list(range(410)), "all 410")
    finally:
        d.end()


def test_through_a_chain_of_daemons(fake, daemon):
    """The second daemon fills its holes from the first one's history."""
    src = fake()
    first = daemon(sources=[src], name="first", *["--name", "first"])
    src.wait_subscribed()
    first.wait_up(src)
    src.samples(500)
    wait_for(lambda: len(stored(first, "F01", src.boot, 0, 499)) == 500, "500 in the first")
    second = daemon(sources=[first], name="second", *["--name", "second"])
    second.wait_drone("F01")
    wait_for(lambda: src.sample() and len(stored(second, "F01", src.boot, 0, 499)) == 500,
             "500 in the second")


def test_the_simulators_drops_are_filled(sim, daemon):
    s = sim("--drones", 2, "--idle", "--rate", 50, "--fault", "drop=0.1")
    d = daemon(sources=[s])
    d.wait_drone("D01", "D02")
    boot = s.hello["boot"]
    wait_for(lambda: (d.drone("D01")["tm"] or [0, 0])[1] > 200, "200 samples")
    for drone in ("D01", "D02"):
        wait_for(lambda x=drone: stored(d, x, boot, 0, 200) == list(range(201)), "no hole", 40)
