"""odyssey daemon: sources that are absent, late, restarted, gone, or not what they say."""
import time

import pytest

import protocol
from protocol import pack
from wire import wait_for


def flows(src, w, drone=None):
    """A sample from this source comes through, as soon as the daemon listens again."""
    def try_one():
        body = src.sample(drone)
        end = time.monotonic() + 0.3
        while time.monotonic() < end:
            if any(m.body == body for m in w.messages[-200:]):
                return True
            time.sleep(0.005)
        return False
    wait_for(try_one, "a sample of %s" % src.name)


def events(w, *words):
    return [m.value for m in w.of("ev") if all(x in m.value["text"] for x in words)]


def test_absent_then_there(fake, daemon, watch):
    src = fake(start=False)
    d = daemon(sources=[src])
    w = watch(d)
    w.wait(2, "hb")
    said = d.source(src.feed)
    assert said["state"] == "never"
    # Not known is nil, which is never the same as 0.
    assert [said[k] for k in ("kind", "drones", "time", "sent")] == [None] * 4
    assert d.ask("roster")["drones"] == []
    src.appear()
    flows(src, w)
    d.wait_up(src)
    assert d.drone("F01")["source"] == "fake"
    assert w.wrong == []


def test_no_sources_at_all(daemon, watch):
    d = daemon()
    watch(d).wait(2, "hb")
    assert d.ask("sources")["sources"] == [] and d.ask("roster")["drones"] == []


def test_one_absent_source_of_two_delays_nothing(fake, daemon, watch):
    gone, src = fake("gone", start=False), fake("here")
    d = daemon(sources=[gone, src])
    w = watch(d)
    flows(src, w)
    d.wait_up(src)
    assert d.source(gone.feed)["state"] == "never"


def test_restart_with_a_new_boot(fake, daemon, watch):
    src = fake()
    d = daemon(sources=[src])
    w = watch(d, holes=True)
    flows(src, w)
    src.samples(5)
    first = src.boot
    src.restart()
    flows(src, w)
    assert src.boot > first
    tm = protocol.check_sample(d.drone("F01")["tm"])
    assert tm.boot == src.boot
    assert w.wrong == []


def test_vanish_and_return(fake, daemon, watch):
    src = fake()
    d = daemon(sources=[src])
    w = watch(d, holes=True)
    flows(src, w)
    d.wait_up(src)
    src.vanish()
    start = time.monotonic()
    wait_for(lambda: d.source(src.feed)["state"] == "lost", "lost", 30)
    # Three missed heartbeats mean gone.
    assert 1.5 < time.monotonic() - start < 8
    assert wait_for(lambda: [m for m in w.of("ev") if src.name in m.value["text"]], "an event about it")
    assert d.drone("F01")["tm"]  # the last state stays
    src.appear()
    flows(src, w)
    d.wait_up(src)
    assert d.command("F01", "hold")[1]["ok"]
    assert w.wrong == []


def test_a_silent_drone_is_not_a_lost_source(fake, daemon, watch):
    src = fake()
    d = daemon(sources=[src])
    w = watch(d)
    flows(src, w)
    w.wait(len(w.of("hb")) + 4, "hb")
    assert d.source(src.feed)["state"] == "up"


def test_missed_heartbeats_mean_gone_though_requests_are_answered(fake, daemon, watch):
    src = fake()
    d = daemon(sources=[src])
    w = watch(d)
    flows(src, w)
    d.wait_up(src)
    src.heartbeats = False
    wait_for(lambda: d.source(src.feed)["state"] == "lost", "lost", 30)
    # Gone it stays, though its control socket answers.
    end = time.monotonic() + 2
    while time.monotonic() < end:
        assert d.source(src.feed)["state"] == "lost"
        time.sleep(0.05)
    src.heartbeats = True
    wait_for(lambda: d.source(src.feed)["state"] == "up", "up")


def test_a_drone_of_two_sources_belongs_to_the_first_named(fake, daemon, watch):
    one, two = fake("one", drones=["A1", "B1"]), fake("two", drones=["A1", "C1"])
    d = daemon(sources=[one, two])
    w = watch(d)
    d.wait_up(one, two)
    d.wait_drone("A1", "B1", "C1")
    wait_for(lambda: d.drone("A1")["source"] == "one", "the owner")
    mine = one.sample("A1", height=111)
    wait_for(lambda: any(m.body == mine for m in w.messages), "the owner's sample")
    other = two.samples(5, "A1", height=222)
    marks = [one.sample("B1"), two.sample("C1")]
    wait_for(lambda: all(any(m.body == b for m in w.messages) for b in marks), "the markers")
    assert not any(m.body in other for m in w.messages)
    assert protocol.check_sample(d.drone("A1")["tm"]).height == 111
    # Neither does anything else of the refused one pass.
    two.event("I fly A1", "A1")
    two.publish("pl.A1", {"drone": "A1", "rev": 9, "time": two.now()})
    mark = two.sample("C1")
    wait_for(lambda: any(m.body == mark for m in w.messages), "the marker")
    assert not events(w, "I fly A1") and not w.of("pl")
    # Refused and said.
    assert wait_for(lambda: events(w, "A1", "two") or "A1" in d.log, "a word about it")
    # Commands go to the owner.
    assert d.command("A1", "hold")[1]["ok"]
    assert len(one.commands()) == 1 and two.commands() == []
    assert w.wrong == []


def test_ownership_never_moves_by_itself(fake, daemon, watch):
    one, two = fake("one", drones=["A1"]), fake("two", drones=["A1", "C1"])
    d = daemon(sources=[one, two])
    w = watch(d, holes=True)
    d.wait_up(one, two)
    flows(one, w, "A1")
    one.vanish()
    wait_for(lambda: d.source(one.feed)["state"] == "lost", "lost", 30)
    other = two.samples(10, "A1")
    mark = two.sample("C1")
    wait_for(lambda: any(m.body == mark for m in w.messages), "the marker")
    assert not any(m.body in other for m in w.messages)
    assert d.drone("A1")["source"] == "one"
    assert d.command("A1", "hold")[1]["code"] == "unavailable"
    assert two.commands() == []
    one.appear()
    flows(one, w, "A1")


def test_the_later_named_source_was_there_first(fake, daemon, watch):
    """Ownership does not depend on who is quicker to greet at start."""
    one, two = fake("one", drones=["A1"]), fake("two", drones=["A1"])
    one.on_any = lambda r: [(0.7, {"v": 1, "ok": True, "source": "one", "kind": "sim", "version": "x",
                                   "boot": one.boot, "time": one.now(), "fields": [],
                                   "commands": []})] if r["op"] == "hello" else None
    one.heartbeats = False
    d = daemon(sources=[one, two])
    w = watch(d)
    two.wait_subscribed()
    for _ in range(10):
        two.sample("A1")
    one.heartbeats = True
    d.wait_up(one, two)
    wait_for(lambda: one.sample("A1") and (d.drone("A1") or {}).get("source") == "one", "the owner")
    assert w.wrong == [] or all("A1" in x for x in w.wrong)


def test_a_replay_is_refused(fake, daemon, watch):
    src, past = fake("live", drones=["L1"]), fake("past", kind="replay", drones=["P1"])
    d = daemon(sources=[src, past])
    w = watch(d)
    flows(src, w)
    past.wait_subscribed()
    for _ in range(20):
        past.sample("P1")
        past.event("of the past", "P1")
        time.sleep(0.05)
    mark = src.sample()
    wait_for(lambda: any(m.body == mark for m in w.messages), "the marker")
    assert w.of("tm", "P1") == [] and not events(w, "of the past")
    assert d.drone("P1") is None
    assert d.command("P1", "hold")[1]["code"] == "unknown-drone"
    assert past.commands() == []
    assert wait_for(lambda: "replay" in d.log or events(w, "replay"), "a word about it")


def test_a_replay_that_is_configured_as_one_is_shown(place, fake, daemon, watch):
    past = fake("past", kind="replay", drones=["P1"], skew_ms=-86400000)
    with open(place + "/o.conf", "w", encoding="utf-8") as f:
        f.write("[source past]\nfeed = %s\ncontrol = %s\nreplay = yes\n" % (past.feed, past.control))
    d = daemon("--config", place + "/o.conf")
    w = watch(d)
    flows(past, w, "P1")
    assert d.drone("P1")["kind"] == "replay"
    # It refuses every command; nothing is handed on.
    _, reply = d.command("P1", "hold")
    assert not reply["ok"] and reply["code"] in ("rejected", "forbidden")
    assert past.commands() == []
    assert w.wrong == []


def test_a_source_that_becomes_a_replay(fake, daemon, watch):
    """The kind is what the newest heartbeat says: a replay started on a live source's port."""
    src = fake(drones=["F01"])
    d = daemon(sources=[src])
    w = watch(d, holes=True)
    flows(src, w)
    src.kind = "replay"
    src.restart()
    src.wait_subscribed()
    src.beat()
    src.beat()
    sent = [src.sample() for _ in range(5)]
    wait_for(lambda: "replay" in d.log or events(w, "replay"), "a word about it")
    late = [src.sample() for _ in range(5)]
    w.wait(len(w.of("hb")) + 2, "hb")
    assert not any(m.body in late for m in w.messages)
    assert sent


def test_clock_skew_is_no_reason_to_refuse(fake, daemon, watch):
    ahead, behind = fake("ahead", drones=["A1"], skew_ms=7 * 86400000), fake(
        "behind", drones=["B1"], skew_ms=-7 * 86400000)
    d = daemon(sources=[ahead, behind])
    w = watch(d)
    flows(ahead, w)
    flows(behind, w)
    d.wait_up(ahead, behind)
    assert w.wrong == []


def test_a_source_that_answers_no_request_still_flows(fake, daemon, watch):
    src = fake()
    src.mute = True
    d = daemon(sources=[src])
    w = watch(d)
    flows(src, w)
    d.wait_up(src)
    assert d.drone("F01")["source"] == "fake"


@pytest.mark.parametrize("reply", [b"", b"\xc1", pack([1]), pack({"v": 1, "ok": True}),
                                   pack({"v": 1, "ok": True, "source": 5, "kind": [], "boot": "x",
                                         "time": None, "drones": 7, "commands": {}}),
                                   b"\xdd\xff\xff\xff\xff" * 30])
def test_garbled_answers_to_greetings_harm_nothing(fake, daemon, watch, reply):
    src = fake()
    src.on_any = lambda r: [(0, reply)]
    d = daemon(sources=[src])
    w = watch(d)
    flows(src, w)
    assert d.running() and d.ask("roster")["ok"]


def test_a_hostile_roster_harms_nothing(fake, daemon, watch):
    src = fake()
    src.on_any = lambda r: [(0, {"v": 1, "ok": True, "drones": [
        {"id": "\x1b[2J", "model": 5, "source": None, "home": "x", "tm": [1]}, 7, None, [],
        {"id": "F01", "model": "m" * 5000, "source": "fake", "kind": "sim",
         "home": [float("inf"), None, "x"], "tm": [[[]]]}]})] if r["op"] == "roster" else None
    d = daemon(sources=[src])
    w = watch(d)
    flows(src, w)
    drones = d.ask("roster")["drones"]
    assert [x["id"] for x in drones] == ["F01"]
    assert len(drones[0]["model"] or "") <= 5000


def test_thirty_simulators_of_one_drone(sim, daemon, watch):
    sims = [sim("--drones", 1, "--idle", "--prefix", "S%02d-" % n, "--name", "s%02d" % n,
                name="s%02d" % n) for n in range(30)]
    d = daemon(sources=sims)
    w = watch(d, holes=True)
    wait_for(lambda: len(d.ask("roster")["drones"]) == 30, "30 drones", 30)
    wait_for(lambda: len({m.id for m in w.of("tm")}) == 30, "their samples", 30)
    d.wait_up(*sims)
    assert d.command("S07-01", "arm")[1]["ok"]
    sims[7].kill()
    wait_for(lambda: d.source(sims[7].feed)["state"] == "lost", "one lost", 30)
    assert sum(s["state"] == "up" for s in d.ask("sources")["sources"]) == 29
    assert w.wrong == []
