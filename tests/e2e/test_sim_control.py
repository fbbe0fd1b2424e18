"""odyssey-sim: its control socket, sentence by sentence of odyssey-protocol(7)."""
import math
import threading
import uuid

import pytest

import malformed
import protocol
from protocol import ARMED, IN_AIR, VIDEO
from test_sim_feed import metres
from wire import Control, wait_for

FAST = ("--idle", "--speedup", 10)


@pytest.fixture(scope="module")
def quiet(tmp_path_factory):
    """One idle simulator for all tests that only ask."""
    import tempfile

    from programs import Sim
    with tempfile.TemporaryDirectory(prefix="ody-") as place:
        s = Sim(place, "--drones", 2, "--idle")
        yield s
        s.end()


# --- requests and envelopes ---

@pytest.mark.parametrize("name", malformed.REQUESTS)
def test_malformed_requests_are_answered(quiet, name):
    body, code = malformed.REQUESTS[name]
    with Control(quiet.control, []) as c:
        reply = c.ask_raw(body)
    assert not reply["ok"] and reply["code"] == code
    assert quiet.running()


@pytest.mark.parametrize("envelope", [None, [], [b""], [b"a"], [b"a", b"b", b""], [b"x" * 300, b"\0\xff"]],
                         ids=["REQ", "bare", "empty frame", "one", "three", "any bytes"])
def test_envelopes_come_back_unchanged(quiet, envelope):
    with Control(quiet.control, envelope) as c:
        for _ in range(3):
            assert c.ask("hello")["source"] == quiet.hello["source"]


def test_pipelined_requests_are_all_answered(quiet):
    with Control(quiet.control, []) as c:
        for n in range(200):
            c.send_raw(protocol.pack({"v": 1, "op": "plan", "drone": "D01"}) if n % 2 else b"\xc1")
        got = [protocol.check_reply(c.receive_raw())["ok"] for _ in range(200)]
    assert got == [bool(n % 2) for n in range(200)]


def test_many_clients_at_once(quiet):
    wrong = []

    def client():
        try:
            with Control(quiet.control) as c:
                for _ in range(20):
                    assert len(c.ask("roster")["drones"]) == 2
        except Exception as why:  # pylint: disable=broad-except
            wrong.append(why)

    clients = [threading.Thread(target=client) for _ in range(10)]
    for c in clients:
        c.start()
    for c in clients:
        c.join()
    assert wrong == []


def test_unknown_keys_are_tolerated(quiet):
    assert quiet.ask("hello", new_key=[1, {"a": None}])["ok"]
    assert quiet.ask("plan", drone="D01", later="x")["ok"]


def test_hello(quiet):
    hello = quiet.ask("hello")
    assert hello["kind"] == "sim" and hello["boot"] == quiet.hello["boot"]
    assert hello["time"] >= quiet.hello["time"]


def test_roster_carries_the_last_sample(sim, watch):
    s = sim("--drones", 3, "--idle")
    w = watch(s)
    w.wait(3, "tm", "D03")
    drones = s.ask("roster")["drones"]
    assert [d["id"] for d in drones] == ["D01", "D02", "D03"]
    for d in drones:
        assert d["source"] == s.hello["source"] and d["kind"] == "sim"
        assert d["tm"] in [protocol.unpack(m.body) for m in wait_for(
            lambda d=d: [m for m in w.of("tm", d["id"]) if m.value.seq == d["tm"][1]], "that sample")]
        home = d["home"]
        assert metres(home[0], home[1], d["tm"][24] / 1e7, d["tm"][25] / 1e7) < 1


def test_plan_of_an_idle_drone_is_empty(quiet):
    plan = quiet.ask("plan", drone="D01")
    assert plan["mission"] == []


# --- the order of checks ---

HOUR = 3600000
ORDER = [  # two things wrong at once: the code of the earlier check
    (dict(drone="nobody", cmd="fly"), "unknown-drone"),
    (dict(drone="nobody", args={"height": "x"}, cmd="takeoff"), "unknown-drone"),
    (dict(drone="nobody", expires=1), "unknown-drone"),
    (dict(cmd="fly", expires=1), "unknown-command"),
    (dict(cmd="fly", args={"height": "x"}), "unknown-command"),
    (dict(cmd=""), "unknown-command"),
    (dict(cmd="HOLD"), "unknown-command"),
    (dict(cmd="takeoff", args={}, expires=1), "bad-args"),
    (dict(cmd="takeoff", args={"height": "ten"}), "bad-args"),
    (dict(cmd="takeoff", args={"height": None}), "bad-args"),
    (dict(cmd="takeoff", args={"height": True}), "bad-args"),
    (dict(cmd="goto", args={"lat": 47.0}), "bad-args"),
    (dict(cmd="goto", args={"lat": 97.0, "lon": 9}), "bad-args"),
    (dict(cmd="goto", args={"lat": 47, "lon": 190}), "bad-args"),
    (dict(cmd="mission", args={"items": {}}), "bad-args"),
    (dict(cmd="mission", args={"items": [{"lat": 47}]}), "bad-args"),
    (dict(cmd="video", args={"on": 1}), "bad-args"),
    (dict(cmd="speed", args={"speed": "fast"}), "bad-args"),
    (dict(cmd="home", args={}), "bad-args"),
    (dict(cmd="takeoff", args={"height": 10}, expires=1), "expired"),  # it is not armed either
    (dict(cmd="takeoff", args={"height": 10}), "rejected"),
]


@pytest.mark.parametrize("keys,code", ORDER, ids=lambda v: str(v)[:60])
def test_checks_come_in_order_and_refusals_are_published(sim, quiet, watch, keys, code):
    w = watch(quiet)
    w.wait(1, "tm")
    request = dict(dict(drone="D01", cmd="hold"), **keys)
    name, reply = quiet.command(request.pop("drone"), request.pop("cmd"), **request)
    assert not reply["ok"] and reply["code"] == code
    cm = w.wait_stage(name, "rejected")
    assert cm["code"] == code and cm["by"] == "tester" and cm["text"]
    assert cm["cmd"] == (dict(dict(cmd="hold"), **keys)["cmd"] or "?")
    assert cm["drone"] == keys.get("drone", "D01")


def test_expires_more_than_an_hour_ahead_is_bad_args(quiet):
    now = quiet.ask("hello")["time"]
    assert quiet.command("D01", "video", {"on": False}, expires=now + HOUR + 60000)[1]["code"] == "bad-args"
    assert quiet.command("D01", "video", {"on": False}, expires=now + HOUR - 60000)[1]["ok"]


def test_expires_is_judged_by_the_simulators_clock(sim):
    s = sim("--drones", 1, "--idle", "--fault", "skew=-600000")
    now = s.ask("hello")["time"]
    assert s.command("D01", "video", {"on": False}, expires=now + 5000)[1]["ok"]
    assert s.command("D01", "video", {"on": False}, expires=now - 1000)[1]["code"] == "expired"


def test_integers_are_accepted_where_floats_are_meant(sim):
    s = sim("--drones", 1, *FAST)
    home = s.ask("roster")["drones"][0]["home"]
    assert s.command("D01", "arm")[1]["ok"]
    assert s.command("D01", "takeoff", {"height": 10})[1]["ok"]
    assert s.command("D01", "speed", {"speed": 5})[1]["ok"]
    assert s.command("D01", "home", {"lat": home[0], "lon": home[1], "alt": 450})[1]["ok"]


# --- one id, one command ---

def test_an_id_gets_its_answer_again_whatever_else_it_says(sim, watch):
    s = sim("--drones", 1, *FAST)
    w = watch(s)
    w.wait(1, "tm")
    name, reply = s.command("D01", "arm")
    assert reply["ok"]
    w.wait_stage(name, "done")
    for keys in (dict(), dict(drone="nobody"), dict(cmd="fly"), dict(cmd="goto", args={}),
                 dict(expires=1), dict(cmd="disarm")):
        again = dict(dict(drone="D01", cmd="arm"), **keys)
        assert s.command(again.pop("drone"), again.pop("cmd"), id=name, **again)[1] == reply
    # The roster has the newest sample, which may be from before the last stage.
    wait_for(lambda: s.ask("roster")["drones"][0]["tm"][21] & ARMED, "D01 armed")
    assert w.stages(name) == ["accepted", "active", "done"]
    # And what was refused by the drone stays refused, though it would go now.
    t, refused = s.command("D01", "disarm"), None
    assert t[1]["ok"]
    name, refused = s.command("D01", "takeoff", {"height": 10})
    assert refused["code"] == "rejected"
    assert s.command("D01", "arm")[1]["ok"]
    assert s.command("D01", "takeoff", {"height": 10}, id=name)[1] == refused


def test_an_id_refused_before_it_reached_the_drone_is_not_used_up(sim):
    s = sim("--drones", 1, "--idle")
    name = str(uuid.uuid4())
    assert s.command("nobody", "arm", id=name)[1]["code"] == "unknown-drone"
    assert s.command("D01", "arm", id=name, expires=1)[1]["code"] == "expired"
    assert s.command("D01", "arm", id=name)[1]["ok"]


# --- what each command does ---

def flags(s):
    return s.ask("roster")["drones"][0]["tm"][21]


def done(s, w, cmd, args=None, drone="D01", timeout=40):
    """Gives a command and waits until it is done; the last sample after that."""
    name, reply = s.command(drone, cmd, args)
    assert reply["ok"], reply
    cm = w.wait_stage(name, "done", "failed", timeout=timeout)
    assert cm["stage"] == "done", cm
    assert w.stages(name) == ["accepted", "active", "done"]
    n = len(w.of("tm", drone))
    return w.wait(n + 2, "tm", drone)[-1].value


def test_a_flight_by_commands(sim, watch):
    s = sim("--drones", 1, *FAST)
    w = watch(s)
    w.wait(1, "tm")
    home = s.ask("roster")["drones"][0]["home"]
    assert done(s, w, "arm").flags & ARMED
    tm = done(s, w, "takeoff", {"height": 20.0})
    assert tm.flags & IN_AIR and abs(tm.height - 2000) < 350
    there = {"lat": home[0] + 0.0010, "lon": home[1] + 0.0010, "height": 30.0}
    tm = done(s, w, "goto", there)
    assert metres(tm.lat / 1e7, tm.lon / 1e7, there["lat"], there["lon"]) < 12
    assert abs(tm.height - 3000) < 600
    tm = done(s, w, "goto", {"lat": home[0], "lon": home[1] + 0.0010})
    assert abs(tm.height - 3000) < 600  # no height: keep it
    assert done(s, w, "hold").speed < 600
    assert done(s, w, "speed", {"speed": 6.0})
    tm = done(s, w, "land")
    assert not tm.flags & IN_AIR and abs(tm.height) < 1500
    assert w.wrong == []


def test_rtl_lands_at_home(sim, watch):
    s = sim("--drones", 1, *FAST)
    w = watch(s)
    w.wait(1, "tm")
    home = s.ask("roster")["drones"][0]["home"]
    done(s, w, "arm")
    done(s, w, "takeoff", {"height": 15})
    done(s, w, "goto", {"lat": home[0] + 0.001, "lon": home[1]})
    tm = done(s, w, "rtl", timeout=60)
    assert not tm.flags & IN_AIR
    assert metres(tm.lat / 1e7, tm.lon / 1e7, home[0], home[1]) < 10
    assert w.wrong == []


def items(home, n=3, height=20.0):
    return [{"lat": home[0] + 0.0004 * math.cos(k), "lon": home[1] + 0.0004 * math.sin(k),
             "height": height, **({"speed": 8.0} if k else {"hold": 2})} for k in range(n)]


def test_mission_is_loaded_started_interrupted_resumed(sim, watch):
    s = sim("--drones", 1, *FAST)
    w = watch(s)
    w.wait(1, "tm")
    home = s.ask("roster")["drones"][0]["home"]
    rev = s.ask("plan", drone="D01")["rev"]
    tm = done(s, w, "mission", {"items": items(home, 4)})
    assert tm.waypoints == 4 and not tm.flags & IN_AIR
    plan = s.ask("plan", drone="D01")
    assert plan["rev"] > rev and len(plan["mission"]) == 4
    for got, gave in zip(plan["mission"], items(home, 4)):
        assert abs(got["lat"] - gave["lat"]) < 1e-7 and got["height"] == gave["height"]
    assert w.wait(1, "pl", "D01")[0].value["rev"] == plan["rev"]
    done(s, w, "arm")
    done(s, w, "takeoff", {"height": 20})
    tm = done(s, w, "start")
    assert tm.mode == protocol.MODES.index("mission")
    wait_for(lambda: (w.samples("D01")[-1].waypoint or 0) >= 2, "the second item")
    assert done(s, w, "hold").mode == protocol.MODES.index("hold")
    tm = done(s, w, "resume")
    assert tm.mode == protocol.MODES.index("mission") and tm.waypoint >= 2
    assert w.wrong == []


def test_mission_with_start_is_done_at_its_last_item(sim, watch):
    s = sim("--drones", 1, *FAST)
    w = watch(s)
    w.wait(1, "tm")
    home = s.ask("roster")["drones"][0]["home"]
    done(s, w, "arm")
    done(s, w, "takeoff", {"height": 20})
    want = items(home, 3)
    name, reply = s.command("D01", "mission", {"items": want, "start": True})
    assert reply["ok"]
    w.wait_stage(name, "active")
    at = w.wait_stage(name, "done", timeout=60)["time"]
    tm = min(w.samples("D01"), key=lambda x: abs(x.time - at))
    assert metres(tm.lat / 1e7, tm.lon / 1e7, want[-1]["lat"], want[-1]["lon"]) < 15


def test_a_newer_flying_command_replaces_the_one_in_progress(sim, watch):
    s = sim("--drones", 1, *FAST)
    w = watch(s)
    w.wait(1, "tm")
    home = s.ask("roster")["drones"][0]["home"]
    done(s, w, "arm")
    done(s, w, "takeoff", {"height": 20})
    name, _ = s.command("D01", "goto", {"lat": home[0] + 0.02, "lon": home[1]})
    w.wait_stage(name, "active")
    done(s, w, "speed", {"speed": 7})  # no flying command: it replaces nothing
    assert w.stages(name)[-1] == "active"
    done(s, w, "hold")
    cm = w.wait_stage(name, "failed", "done")
    assert cm["stage"] == "failed" and cm["text"] == "replaced by hold"


def test_video(sim, watch):
    s = sim("--drones", 1, "--idle")
    w = watch(s)
    w.wait(1, "tm")
    assert done(s, w, "video", {"on": True, "fps": 10}).flags & VIDEO
    frames = w.wait(5, "vd", "D01")
    seqs = [m.value[1] for m in frames]
    assert seqs == list(range(seqs[0], seqs[0] + 5))
    assert not done(s, w, "video", {"on": False}).flags & VIDEO
    n = len(w.of("vd"))
    w.wait(len(w.of("hb")) + 2, "hb")
    assert len(w.of("vd")) <= n + 1
    assert w.wrong == []


def test_disarm_and_kill(sim, watch):
    s = sim("--drones", 2, *FAST)
    w = watch(s)
    w.wait(1, "tm")
    for drone in ("D01", "D02"):
        done(s, w, "arm", drone=drone)
    assert not done(s, w, "disarm").flags & ARMED
    done(s, w, "arm")
    done(s, w, "takeoff", {"height": 10})
    name, reply = s.command("D01", "disarm")  # in the air, without force
    assert not reply["ok"] and reply["code"] == "rejected" and reply["text"]
    assert not done(s, w, "kill").flags & ARMED
    assert not done(s, w, "kill", drone="D02").flags & ARMED
    assert w.wrong == []


@pytest.mark.parametrize("cmd,args", [
    ("takeoff", {"height": 10}), ("goto", {"lat": 47.141, "lon": 9.521}), ("start", None)])
def test_what_needs_an_armed_drone_is_rejected_with_a_reason(quiet, cmd, args):
    _, reply = quiet.command("D02", cmd, args)
    assert reply["code"] == "rejected" and len(reply["text"]) > 8


def test_out_of_range_is_rejected(sim, watch):
    s = sim("--drones", 1, *FAST)
    w = watch(s)
    w.wait(1, "tm")
    done(s, w, "arm")
    done(s, w, "takeoff", {"height": 10})
    _, reply = s.command("D01", "goto", {"lat": 10.0, "lon": 100.0})
    assert reply["code"] == "rejected" and reply["text"]
    for cmd in ("hold", "rtl", "land"):  # never refused to an armed drone
        assert s.command("D01", cmd)[1]["ok"]


def test_no_fix_is_a_reason(sim, watch):
    s = sim("--drones", 1, "--idle", "--fault", "nogps=1")
    w = watch(s)
    wait_for(lambda: any(not x.flags & protocol.POSITION for x in w.samples()), "a drone without position")
    _, reply = s.command("D01", "arm")
    if reply["ok"]:
        _, reply = s.command("D01", "takeoff", {"height": 10})
    assert reply["code"] == "rejected"
    assert w.wrong == []


def test_a_commanded_drone_obeys_until_resume(sim, watch):
    s = sim("--drones", 4, "--speedup", 30)
    w = watch(s)
    flying = wait_for(lambda: next((m.id for m in w.of("tm")[-40:] if m.value.flags & IN_AIR and
                                    m.value.height > 1500), None), "a drone at work")
    done(s, w, "hold", drone=flying)
    n = len(w.of("tm", flying))
    w.wait(n + 600, "tm", flying)  # a minute: its work would have led it away
    held = w.samples(flying)[n:]
    assert all(x.mode in (protocol.MODES.index("hold"), protocol.MODES.index("rtl")) for x in held)
    done(s, w, "resume", drone=flying)
    wait_for(lambda: w.samples(flying)[-1].mode != protocol.MODES.index("hold"), "back at work")
    assert w.wrong == []


# --- commands ---

def test_commands_tells_what_became_of_them(sim, watch):
    s = sim("--drones", 2, *FAST)
    w = watch(s)
    w.wait(1, "tm")
    first, _ = s.command("D01", "arm")
    w.wait_stage(first, "done")
    second, _ = s.command("D02", "arm")
    w.wait_stage(second, "done")
    third, _ = s.command("D02", "takeoff", {})
    cms = s.ask("commands")["commands"]
    assert [(c["id"], c["stage"]) for c in cms] == [(first, "done"), (second, "done"),
                                                    (third, "rejected")]
    assert cms[2]["code"] == "bad-args"
    assert cms[0] == w.wait_stage(first, "done")
    assert [c["id"] for c in s.ask("commands", drone="D02")["commands"]] == [second, third]
    assert [c["id"] for c in s.ask("commands", id=first)["commands"]] == [first]
    assert [c["id"] for c in s.ask("commands", since=cms[1]["time"])["commands"]] == [second, third]
    assert s.ask("commands", id="never")["commands"] == []
    assert s.ask("commands", drone="D99").get("commands", []) == []


# --- backfill ---

def test_backfill_gives_the_samples_again(sim, watch):
    s = sim("--drones", 2, "--idle", "--rate", 50)
    w = watch(s)
    w.wait(100, "tm", "D01")
    boot = w.samples("D01")[0].boot
    seqs = [x.seq for x in w.samples("D01")]
    first, last = seqs[10], seqs[60]
    with Control(s.control) as c:
        r = c.backfill("D01", boot, first, last)
    by_seq = {m.value.seq: m.body for m in w.of("tm", "D01")}
    assert [x[1] for x in r["samples"]] == list(range(first, last + 1))
    assert [protocol.pack(x) for x in r["samples"]] == [by_seq[n] for n in range(first, last + 1)]
    assert not r["more"] and r["lost"] == []
    assert len(r["held"]) == 1 and r["held"][0][0] == boot and r["held"][0][1] == 0
    assert r["held"][0][2] >= last
    # Never published again.
    assert w.wrong == []


def test_backfill_is_cut_at_2000_and_goes_on(sim, watch):
    s = sim("--drones", 1, "--idle", "--rate", 100, "--speedup", 20)
    w = watch(s, prefix=b"tm.")
    wait_for(lambda: len(w.messages) > 4600, "46 s of samples")
    with Control(s.control) as c:
        boot = s.hello["boot"]
        at, got, rounds = 0, [], 0
        while True:
            r = c.backfill("D01", boot, at, 4499)
            got += [x[1] for x in r["samples"]]
            rounds += 1
            if not r["more"]:
                break
            assert len(r["samples"]) == 2000
            at = got[-1] + 1
    assert got == list(range(4500)) and rounds == 3


def test_backfill_of_an_unknown_boot_and_of_the_future(quiet):
    with Control(quiet.control) as c:
        r = c.backfill("D01", 5, 0, 100)
        assert r["ok"] and r["samples"] == [] and r["held"]
        # What is still to come is neither a sample nor lost.
        boot = quiet.hello["boot"]
        r = c.backfill("D01", boot, 10**9, 10**9 + 5)
        assert r["ok"] and r["samples"] == [] and r["lost"] == [] and not r["more"]
        assert c.backfill("D01", boot, 0, 2**32 - 1)["ok"]


def test_backfill_holds_15_minutes(sim, watch):
    s = sim("--drones", 1, "--idle", "--rate", 5, "--speedup", 300)
    w = watch(s, prefix=b"tm.")
    wait_for(lambda: len(w.messages) > 6000, "20 minutes of samples", 40)
    with Control(s.control) as c:
        r = c.backfill("D01", s.hello["boot"], 0, 9)
    [[boot, oldest, newest]] = r["held"]
    assert boot == s.hello["boot"]
    assert 15 * 60 * 5 - 5 <= newest - oldest + 1 <= 15 * 60 * 5 * 1.2
    assert r["samples"] == [] and r["lost"] == [[0, 9]]


def test_backfill_memory_is_bounded(sim, watch):
    s = sim("--drones", 20, "--idle", "--rate", 100, "--speedup", 10, "--backfill-mb", 1)
    w = watch(s, prefix=b"tm.D01")
    wait_for(lambda: len(w.messages) > 3000, "30 s of samples")
    with Control(s.control) as c:
        r = c.backfill("D01", s.hello["boot"], 0, 0)
    [[_, oldest, newest]] = r["held"]
    assert oldest > 0
    assert 20 * (newest - oldest + 1) * len(w.messages[-1].body) < 2 << 20
