"""Alarms: raised once, answered by operators, the same for all of them, over restarts."""
import signal
import time

import pytest

from alarm_helpers import config, flying, low, no_plan, standing, told, wait_told
from programs import ODYSSEY, run
from wire import wait_for


@pytest.fixture
def pair(fake, daemon, watch):
    """A source, its daemon and a watcher of that."""
    def start(drones=("F01",), more=(), **env):
        src = fake(drones=drones)
        src.on_any = no_plan
        d = daemon(*more, sources=[src], **env)
        w = watch(d)
        # Who subscribes hears what is sent from a moment later on.
        w.wait(1, "hb")
        d.wait_up(src)
        return src, d, w
    return start


# --- one alarm's life ---

def test_raised_once_with_what_was_measured(pair):
    src, d, w = pair()
    flying(src)
    low(src, n=2)
    flying(src)
    assert told(w) == []
    low(src, n=20)
    [al] = wait_told(w, ["raised"])
    assert al["drone"] == "F01" and al["level"] == "warning" and al["source"] == "odyssey"
    assert al["value"] == pytest.approx(14.2) and al["limit"] == 15 and "14.2" in al["text"]
    assert al["since"] == al["time"] and abs(al["time"] - time.time() * 1000) < 20000
    assert d.ask("alarms")["alarms"] == [al]
    low(src, n=20)
    assert wait_told(w, ["raised"]) == [al]
    assert w.wrong == []


def test_a_dithering_value_is_one_alarm(pair):
    src, d, w = pair()
    for _ in range(30):
        low(src, n=3)
        flying(src, battery=152)
        flying(src, battery=169)
    assert [s for s, _ in told(w)] == ["raised"]
    flying(src, battery=500)
    wait_told(w, ["raised", "returned"])
    low(src)
    wait_told(w, ["raised", "returned", "raised"])
    assert len({m.value["id"] for m in w.of("al")}) == 1
    [al] = standing(d)
    assert al["count"] == 2


def test_two_operators_see_the_same(pair, control):
    src, d, w = pair()
    low(src)
    [al] = wait_told(w, ["raised"])
    one, two = control(d), control(d)
    assert one.ask("alarms")["alarms"] == two.ask("alarms")["alarms"] == [al]
    assert one.ask("ack", id_=al["id"], by="ann")["count"] == 1
    [_, acked] = wait_told(w, ["raised", "acked"])
    assert acked["by"] == "ann" and acked["id"] == al["id"] and acked["since"] == al["since"]
    # The other one is told that somebody was there before.
    reply = two.ask("ack", id_=al["id"], by="bob")
    assert not reply["ok"] and reply["code"] == "bad-args" and "ann" in reply["text"]
    assert two.ask("alarms")["alarms"] == [acked]
    assert two.ask("ack", all_=True, by="bob")["count"] == 0
    # Shelved by the one, taken back by the other.
    reply = one.ask("shelve", id_=al["id"], minutes=10, why="on its way home", by="ann")
    assert reply["alarm"]["state"] == "shelved" and reply["alarm"]["why"] == "on its way home"
    assert 0 <= reply["alarm"]["until"] - (time.time() * 1000 + 600000) + 20000 < 40000
    [got] = two.ask("alarms", state="shelved")["alarms"]
    assert got == reply["alarm"] and got["by"] == "ann"
    assert two.ask("unshelve", id_=al["id"], by="bob")["alarm"]["state"] == "raised"
    states = wait_told(w, ["raised", "acked", "shelved", "raised"])
    assert states[-1]["by"] == "bob" and "until" not in states[-1] and states[2]["until"]
    assert one.ask("ack", drone="F01", by="ann")["count"] == 1
    flying(src, battery=500)
    ended = wait_told(w, ["raised", "acked", "shelved", "raised", "acked", "cleared"])[-1]
    assert standing(d) == []
    # What has ended is listed for an hour.
    assert d.ask("alarms")["alarms"] == d.ask("alarms", state="cleared")["alarms"] == [ended]
    assert d.ask("alarms", since=ended["time"] + 1)["alarms"] == []


def test_what_is_over_waits_to_be_seen(pair):
    src, d, w = pair()
    low(src)
    wait_told(w, ["raised"])
    flying(src, battery=500)
    [_, al] = wait_told(w, ["raised", "returned"])
    assert standing(d) == [al]
    d.ask("ack", id_=al["id"], by="ann")
    wait_told(w, ["raised", "returned", "cleared"])
    assert standing(d) == []
    low(src)
    ids = [a["id"] for a in wait_told(w, ["raised", "returned", "cleared", "raised"])]
    assert ids[3] != ids[0]


def test_shelving_ends_by_itself(pair):
    src, d, w = pair()
    low(src)
    [al] = wait_told(w, ["raised"])
    until = d.ask("hello")["time"] + 1500
    assert d.ask("shelve", id_=al["id"], until=until, why="soon", by="ann")["ok"]
    wait_told(w, ["raised", "shelved"])
    last = wait_told(w, ["raised", "shelved", "raised"])[-1]
    assert until <= last["time"] < until + 5000
    # And what is over by then has ended.
    until = d.ask("hello")["time"] + 1500
    d.ask("shelve", id_=al["id"], until=until, why="soon", by="ann")
    flying(src, battery=500)
    wait_told(w, ["raised", "shelved", "raised", "shelved", "cleared"])


@pytest.mark.parametrize("op, keys, code", [
    ("ack", {"by": "x"}, "bad-args"),
    ("ack", {"id": "nothing", "by": "x"}, "bad-args"),
    ("ack", {"id": "nothing", "drone": "F01", "by": "x"}, "bad-args"),
    ("ack", {"all": False, "by": "x"}, "bad-args"),
    ("ack", {"drone": "F99", "by": "x"}, "unknown-drone"),
    ("ack", {"all": True}, "bad-request"),
    ("ack", {"all": True, "by": ""}, "bad-args"),
    ("ack", {"all": 1, "by": "x"}, "bad-request"),
    ("shelve", {"id": "A", "minutes": 10, "by": "x"}, "bad-request"),
    ("shelve", {"id": "A", "minutes": 10, "why": "", "by": "x"}, "bad-args"),
    ("shelve", {"id": "A", "why": "y", "by": "x"}, "bad-args"),
    ("shelve", {"id": "A", "minutes": 10, "until": 10**13, "why": "y", "by": "x"}, "bad-args"),
    ("shelve", {"id": "A", "minutes": 0, "why": "y", "by": "x"}, "bad-args"),
    ("shelve", {"id": "A", "minutes": -5, "why": "y", "by": "x"}, "bad-args"),
    ("shelve", {"id": "A", "minutes": 1e300, "why": "y", "by": "x"}, "bad-args"),
    ("shelve", {"id": "A", "minutes": 1441, "why": "y", "by": "x"}, "bad-args"),
    ("shelve", {"id": "A", "until": 5, "why": "y", "by": "x"}, "bad-args"),
    ("shelve", {"id": "A", "until": 2**63 - 1, "why": "y", "by": "x"}, "bad-args"),
    ("shelve", {"id": "nothing", "minutes": 10, "why": "y", "by": "x"}, "bad-args"),
    ("unshelve", {"id": "A", "by": "x"}, "bad-args"),
    ("unshelve", {"id": "nothing", "by": "x"}, "bad-args"),
    ("alarms", {"since": -1}, "bad-request"),
])
def test_refusals(pair, op, keys, code):
    src, d, w = pair()
    low(src)
    [al] = wait_told(w, ["raised"])
    if keys.get("id") == "A":
        keys = dict(keys, id=al["id"])
    reply = d.ask(op, **keys)
    assert not reply["ok"] and reply["code"] == code, reply
    assert standing(d) == [al]


# --- restarts ---

@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_what_stands_survives_a_restart(pair, watch, number):
    src, d, w = pair(drones=["F01", "F02", "F03", "F04"])
    for name in src.drones:
        low(src, name)
        wait_told(w, ["raised"], drone=name)
    ids = {a["drone"]: a["id"] for a in standing(d)}
    d.ask("ack", id_=ids["F02"], by="ann")
    d.ask("shelve", id_=ids["F03"], minutes=30, why="known", by="ann")
    flying(src, "F04", battery=500)
    wait_told(w, ["raised", "returned"], drone="F04")
    before = standing(d)
    time.sleep(0.5)  # rows are committed within 100 ms
    if number == signal.SIGKILL:
        d.kill()
    else:
        d.stop(number)
    again = d.again()
    w2 = watch(again)
    try:
        assert standing(again) == before
        again.wait_up(src)
        for name in src.drones[:3]:
            low(src, name)
        flying(src, "F04", battery=500)
        wait_for(lambda: len(w2.samples()) >= 13, "samples")
        assert w2.of("al") == [] and standing(again) == before
        # And it goes on from there.
        assert again.ask("ack", id_=ids["F04"], by="bob")["count"] == 1
        wait_told(w2, ["cleared"], drone="F04")
        flying(src, "F02", battery=500)
        wait_told(w2, ["cleared"], drone="F02")
        again.ask("unshelve", id_=ids["F03"], by="bob")
        wait_told(w2, ["raised"], drone="F03")
    finally:
        again.end()


def test_a_drone_that_starts_anew(pair):
    """What a drone was in before it started again is over, or is the same alarm still."""
    src, d, w = pair(drones=["F01", "F02", "F03", "F04"])
    for name in src.drones:
        low(src, name)
        wait_told(w, ["raised"], drone=name)
    ids = {a["drone"]: a["id"] for a in standing(d)}
    d.ask("ack", id_=ids["F02"], by="ann")
    d.ask("shelve", id_=ids["F03"], minutes=30, why="known", by="ann")
    src.restart()
    src.wait_subscribed()
    for name in src.drones[:3]:
        flying(src, name, battery=1000)
    low(src, "F04")
    wait_told(w, ["raised", "returned"], drone="F01")
    wait_told(w, ["raised", "acked", "cleared"], drone="F02")
    wait_for(lambda: len([s for s in w.samples("F04") if s.boot == src.boot]) == 4, "the samples")
    wait_told(w, ["raised", "shelved"], drone="F03")
    wait_told(w, ["raised"], drone="F04")
    assert {a["drone"]: a["id"] for a in standing(d) if a["rule"] == "battery-low"} == \
        {n: ids[n] for n in ("F01", "F03", "F04")}
    d.ask("unshelve", id_=ids["F03"], by="ann")
    wait_told(w, ["raised", "shelved", "cleared"], drone="F03")
    # A new low is another alarm.
    low(src, "F02")
    [_, _, _, again] = wait_told(w, ["raised", "acked", "cleared", "raised"], drone="F02")
    assert again["id"] != ids["F02"]


# --- drones that never return ---

FAST = "[fleet]\nstale_s = 1\nlost_s = 2\n"


def test_out_of_service_until_it_is_heard(pair, place, watch):
    src, d, w = pair(drones=["F01", "F02"], more=["--config", config(place, FAST)])
    low(src, "F01")
    [al] = wait_told(w, ["raised"])
    refused = d.ask("shelve", id_=al["id"], out=True, why="crashed", by="ann")
    assert refused["code"] == "bad-args" and "is of F01, which is there" in refused["text"]
    wait_for(lambda: [s for s, _ in told(w, "lost", "F01")] == ["raised"], "F01 lost")
    for keys in ({"why": ""}, {"why": "x", "minutes": 5}, {"why": "x", "until": 1 << 40}):
        assert d.ask("shelve", id_=al["id"], out=True, by="ann", **keys)["code"] == "bad-args"
    for a in standing(d, drone="F01"):
        reply = d.ask("shelve", id_=a["id"], out=True, why="crashed, collected", by="ann")
        assert reply["alarm"]["state"] == "out-of-service" and reply["alarm"]["why"] == "crashed, collected"
    wait_told(w, ["raised", "out-of-service"], "lost", "F01")
    assert "ann took the alarm battery-low of F01 out of service: crashed, collected" in \
        [m.value["text"] for m in w.of("ev")]
    assert d.ask("alarms", state="raised")["alarms"] == [] == d.ask("alarms")["rules"]
    time.sleep(0.5)  # rows are committed within 100 ms
    # In the next run it is so still, and only a sound of the drone ends it.
    before = standing(d)
    d.kill()
    again = d.again()
    w2 = watch(again)
    try:
        again.wait_up(src)
        w2.wait(1, "hb", "odyssey")
        flying(src, "F02")
        wait_for(lambda: w2.samples("F02"), "the other")
        assert standing(again) == before and [a["state"] for a in before] == ["out-of-service"] * len(before)
        w2.wait(3, "hb", "odyssey")
        flying(src, "F01", battery=142)
        wait_told(w2, ["raised"], drone="F01")
        wait_told(w2, ["cleared"], "lost", "F01")
        assert {a["state"] for a in standing(again, drone="F01")} == {"raised"}
    finally:
        again.end()


# --- in order, and for whom ---

def test_the_most_important_first(pair):
    src, d, w = pair(drones=["F01", "F02", "F03", "F04"])
    low(src, "F01")
    wait_told(w, ["raised"], drone="F01")
    low(src, "F02")
    wait_told(w, ["raised"], drone="F02")
    for _ in range(4):
        flying(src, "F03", battery=50)
    wait_told(w, ["raised"], "battery-critical", "F03")
    low(src, "F04")
    wait_told(w, ["raised"], drone="F04")
    d.ask("ack", drone="F04", by="ann")
    order = [(a["drone"], a["rule"]) for a in d.ask("alarms")["alarms"]]
    assert order == [("F03", "battery-critical"), ("F03", "battery-low"), ("F02", "battery-low"),
                     ("F01", "battery-low"), ("F04", "battery-low")]
    assert [a["drone"] for a in d.ask("alarms", drone="F02")["alarms"]] == ["F02"]
    assert [a["drone"] for a in d.ask("alarms", state="acked")["alarms"]] == ["F04"]
    rules = d.ask("alarms")["rules"]
    assert rules == [["battery-critical", "critical", 1, 1], ["battery-low", "warning", 4, 3]]


def test_a_replay_raises_nothing(place, fake, daemon, watch):
    src = fake(kind="replay", drones=["F01"])
    path = config(place, "[source past]\nfeed = %s\ncontrol = %s\nreplay = yes\n" % (src.feed, src.control))
    d = daemon("--config", path)
    w = watch(d)
    d.wait_up(src)
    for _ in range(20):
        flying(src, battery=10)
    w.wait(20, "tm")
    src.raw(b"tm.F01", b"\xc1")
    src.vanish()
    wait_for(lambda: d.source(src.feed)["state"] == "lost", "the loss")
    assert w.of("al") == [] and d.ask("alarms")["alarms"] == []


def test_rules_of_ones_own(place, fake, daemon, watch):
    src = fake(drones=["F01", "G01"])
    src.on_any = no_plan
    path = config(place, """[source fake]
feed = %s
control = %s
[alarm battery-low]
on = no
[alarm too-fast]
when = speed > 20
for = 2x
clear = 15
level = watch
only = F*
text = {speed} m/s
""" % (src.feed, src.control))
    d = daemon("--config", path)
    w = watch(d)
    d.wait_up(src)
    low(src)
    for _ in range(3):
        flying(src, "F01", speed=2500)
        flying(src, "G01", speed=2500)
    [al] = wait_told(w, ["raised"], "too-fast")
    assert al["drone"] == "F01" and al["value"] == 25 and al["limit"] == 20 and al["level"] == "watch"
    assert al["text"].startswith("25")
    assert [m.value["rule"] for m in w.of("al")] == ["too-fast"]


def test_a_rule_that_is_none_is_a_sentence(place):
    path = config(place, "[alarm x]\nwhen = sped > 20\nlevel = watch\n")
    code, _, err = run([ODYSSEY, "daemon", "--config", path, "--state", place + "/s", "--feed",
                        "ipc://%s/f" % place, "--control", "ipc://%s/c" % place], place)
    assert code != 0 and "sped" in err and "speed" in err
