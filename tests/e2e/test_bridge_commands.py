"""Every command, flown by a vehicle of each dialect that node-mavlink speaks for."""
import time

import pytest

from bridge_helpers import Bridge, until

ARMED, IN_AIR = 1, 2
BOTH = pytest.mark.parametrize("dialect", ["ardupilot", "px4"])
HOME = 47.1, 9.5


def ends(c, stage, timeout=15):
    until(lambda: c.last()["stage"] in ("done", "failed", "rejected"), timeout,
          lambda: f"{c.stages()} {c.last()} {c.events()}")
    assert c.last()["stage"] == stage, (list(c.last().values()), c.events())
    return c.last()


def do(c, cmd, timeout=15, **args):
    reply = c.command("M1", cmd, **args)
    assert reply.get("stage") == "accepted", (reply, c.events())
    return ends(c, "done", timeout)


def airborne(c, height=15):
    do(c, "arm")
    do(c, "takeoff", height=height)


@BOTH
def test_the_whole_flight(tmp_path, dialect):
    with Bridge(tmp_path) as b:
        v, c = b.vehicle(dialect=dialect, speedup=3), b.client
        do(c, "arm")
        assert c.stages() == ["accepted", "active", "done"]
        until(lambda: c.sample()["flags"] & ARMED)
        do(c, "takeoff", height=15)
        assert abs(c.sample()["height"] - 1500) < 150
        assert c.sample()["flags"] & IN_AIR
        up = v.commands(22)[-1]
        # Above home for ArduPilot, above the sea for PX4.
        assert up["p"][6] == (465 if dialect == "px4" else 15)

        do(c, "goto", lat=HOME[0] + 0.0003, lon=HOME[1], height=25, speed=9)
        goto = v.commands(192)[-1]
        assert goto["int"] and goto["p"][:2] == [9, 1]
        assert (goto["frame"], goto["z"]) == ((0, 475) if dialect == "px4" else (3, 25))
        do(c, "goto", lat=HOME[0], lon=HOME[1])
        assert abs(c.sample()["height"] - 2500) < 100, "it keeps its height"

        do(c, "speed", speed=6)
        do(c, "hold")
        until(lambda: c.sample()["mode"] == 4)
        do(c, "home", lat=47.1001, lon=9.5001, alt=451)
        until(lambda: c.sample()["home_lat"] == 471001000)
        do(c, "rtl", 40)
        assert not c.sample()["flags"] & IN_AIR
        until(lambda: not c.sample()["flags"] & ARMED)
        assert all(len(v.commands(n)) == 1 for n in (400, 22)), "arm and takeoff go out once"


@BOTH
def test_land_disarm_kill(tmp_path, dialect):
    with Bridge(tmp_path) as b:
        v, c = b.vehicle(dialect=dialect, speedup=3), b.client
        airborne(c, 5)
        do(c, "land", 20)
        v.set(mode="idle")
        do(c, "arm")
        do(c, "disarm")
        airborne(c, 5)
        assert c.command("M1", "disarm")["code"] == "rejected"
        assert "vehicle is flying" in ends(c, "rejected")["text"]
        do(c, "disarm", force=True)
        assert v.commands(400)[-1]["p"][:2] == [0, 21196]
        airborne(c, 5)
        do(c, "kill")
        assert v.commands(400)[-1]["p"][:2] == [0, 21196]


ITEMS = [dict(lat=47.1002, lon=9.5, height=20, speed=7), dict(lat=47.1002, lon=9.5003, height=20, speed=7),
         dict(lat=47.1, lon=9.5003, height=25, speed=9, hold=0)]


@BOTH
def test_mission(tmp_path, dialect):
    with Bridge(tmp_path) as b:
        v, c = b.vehicle(dialect=dialect, speedup=4), b.client
        do(c, "mission", items=ITEMS)
        got = until(lambda: [g for g in v.got if g["got"] == "mission"])[-1]["items"]
        kinds = [i["command"] for i in got]
        assert kinds == ([16] if dialect == "ardupilot" else []) + [22, 178, 16, 16, 178, 16]
        assert [i["current"] for i in got] == [1] + [0] * (len(got) - 1)
        plan = c.request("plan", drone="M1")
        assert [(i["lat"], i["lon"], i["height"]) for i in plan["mission"]] == \
            [(i["lat"], i["lon"], i["height"]) for i in ITEMS]
        assert c.of("pl.M1")[-1]["rev"] == plan["rev"]
        assert c.sample()["waypoints"] == 3

        assert c.command("M1", "start", timeout=10)["ok"]
        ends(c, "done")
        until(lambda: c.sample()["mode"] == 6)
        until(lambda: c.sample()["waypoint"] == 2, 20)
        do(c, "hold")
        assert c.sample()["mode"] == 4
        do(c, "resume")
        until(lambda: c.sample()["waypoint"] == 3, 20)
        assert len(v.commands(300)) == 1


@BOTH
def test_mission_with_start(tmp_path, dialect):
    with Bridge(tmp_path) as b:
        v, c = b.vehicle(dialect=dialect, speedup=5), b.client
        reply = c.command("M1", "mission", items=ITEMS, start=True)
        assert reply["ok"], reply
        ends(c, "done", 60)
        assert v.commands(300)[-1]["p"][:2] == [0, 0]


@BOTH
def test_empty_mission_clears(tmp_path, dialect):
    with Bridge(tmp_path) as b:
        b.vehicle(dialect=dialect)
        do(b.client, "mission", items=ITEMS)
        do(b.client, "mission", items=[])
        assert b.client.request("plan", drone="M1")["mission"] == []


def test_resume_goes_on_to_the_point(tmp_path):
    with Bridge(tmp_path) as b:
        c = b.client
        b.vehicle(speedup=2)
        assert c.command("M1", "resume")["code"] == "rejected"
        airborne(c, 5)
        assert c.command("M1", "goto", lat=47.102, lon=9.5)["ok"]
        goto = c.id
        do(c, "hold")
        assert c.last(goto)["stage"] == "failed" and c.last(goto)["text"] == "replaced by hold"
        assert c.command("M1", "resume")["ok"]
        until(lambda: c.last()["stage"] == "active")
        until(lambda: c.sample()["speed"] > 300)


@BOTH
def test_refusals_in_its_own_words(tmp_path, dialect):
    with Bridge(tmp_path) as b:
        v, c = b.vehicle(dialect=dialect), b.client
        v.set(refuse={"400": [4, "Arm: Need Position Estimate"]})
        reply = c.command("M1", "arm")
        assert reply["code"] == "rejected" and "Arm: Need Position Estimate" in reply["text"], reply
        assert ends(c, "rejected")["text"] == reply["text"]
        # The same id, the same answer, and nothing is sent again.
        assert c.command("M1", "arm", id=c.id) == reply
        assert len(v.commands(400)) == 1
        v.set(refuse={"20": [2, ""]})
        assert "denied" in c.command("M1", "rtl")["text"]
        v.set(refuse={}, refuseMission=4)
        reply = c.command("M1", "mission", items=ITEMS)
        assert reply["code"] == "rejected" and "no space" in reply["text"], reply
        assert c.command("M1", "video", on=True)["code"] == "rejected"


def test_a_mode_counts_when_the_heartbeat_shows_it(tmp_path):
    with Bridge(tmp_path) as b:
        v, c = b.vehicle(dialect="px4", speedup=3), b.client
        airborne(c, 5)
        v.set(lie=[176])
        v.set(mode="mission")
        until(lambda: c.sample()["mode"] == 6)
        assert c.command("M1", "hold")["ok"]
        last = ends(c, "failed", 20)
        assert "acknowledged" in last["text"] and "AUTO.MISSION" in last["text"]


def test_in_progress_then_done(tmp_path):
    with Bridge(tmp_path) as b:
        v, c = b.vehicle(speedup=3), b.client
        do(c, "arm")
        v.set(progress=[22])
        do(c, "takeoff", height=5)


def test_no_answer_is_unknown_and_may_be_known_later(tmp_path):
    with Bridge(tmp_path) as b:
        v, c = b.vehicle(), b.client
        v.set(lostAck=[400])
        reply = c.command("M1", "arm")
        assert reply["code"] == "timeout", reply
        assert len(v.commands(400)) == 1, "arm is never repeated"
        ends(c, "done")
        assert c.stages()[0] == "timeout"
        v.set(lostAck=[], mute=[178])
        before = time.monotonic()
        assert c.command("M1", "speed", speed=5)["code"] == "timeout"
        assert time.monotonic() - before < 3
        assert [g["confirmation"] for g in v.commands(178)] == [0, 1, 2]
        until(lambda: c.stages() == ["timeout"])


@BOTH
def test_a_fifth_of_everything_is_lost(tmp_path, dialect):
    with Bridge(tmp_path) as b:
        v, c = b.vehicle(dialect=dialect, speedup=3), b.client
        v.set(loss=0.2)
        reply = c.command("M1", "mission", items=ITEMS * 4, timeout=30)
        assert reply.get("ok") or reply["code"] == "timeout", reply
        assert ends(c, "done", 60)
        assert len(c.request("plan", drone="M1")["mission"]) == 12


def test_safe_three_go_at_once(tmp_path):
    with Bridge(tmp_path) as b:
        v, c = b.vehicle(speedup=2), b.client
        airborne(c, 10)
        # Eight commands that get no answer, and a mission that never ends.
        v.set(mute=[178])
        for _ in range(8):
            c.control.send_multipart([b"", __import__("msgpack").packb(
                {"v": 1, "op": "command", "id": str(time.monotonic()), "drone": "M1", "cmd": "speed",
                 "args": {"speed": 3}, "by": "t", "expires": int(time.time() * 1000) + 9000})])
        time.sleep(0.2)
        for cmd, mav in (("hold", 176), ("rtl", 20), ("land", 21)):
            n, start = len(v.commands(mav)), time.monotonic()
            c.control.send_multipart([b"", __import__("msgpack").packb(
                {"v": 1, "op": "command", "id": cmd, "drone": "M1", "cmd": cmd, "args": {}, "by": "t",
                 "expires": int(time.time() * 1000) + 9000})])
            until(lambda: len(v.commands(mav)) > n, 2)
            assert time.monotonic() - start < 0.5
        until(lambda: c.last("land")["stage"] in ("active", "done"))
        assert c.last("rtl")["text"] == "replaced by land"


def test_it_vanishes_in_mid_command(tmp_path):
    with Bridge(tmp_path) as b:
        v, c = b.vehicle(speedup=2), b.client
        airborne(c, 5)
        assert c.command("M1", "goto", lat=47.103, lon=9.5)["ok"]
        v.set(silent=True)
        until(lambda: c.last()["stage"] == "timeout", 12)
        assert any("silent" in e for e in c.events())
        n = len(c.of("tm.M1"))
        time.sleep(1)
        assert len(c.of("tm.M1")) == n, "a silent vehicle is silent"
        v.set(silent=False)
        until(lambda: c.last()["stage"] == "active", 5)
        assert any("heard again" in e for e in c.events())


def test_somebody_else_takes_it(tmp_path):
    with Bridge(tmp_path) as b:
        v, c = b.vehicle(speedup=2), b.client
        airborne(c, 5)
        assert c.command("M1", "goto", lat=47.103, lon=9.5)["ok"]
        until(lambda: c.last()["stage"] == "active")
        time.sleep(1.2)
        v.set(stationCommand=176, mode="rtl")
        assert "RTL" in ends(c, "failed")["text"]
        until(lambda: any("ground station 250 commands it too" in e for e in c.events()))


def test_checks_in_their_order(tmp_path):
    with Bridge(tmp_path) as b:
        c = b.client
        b.vehicle()
        assert c.command("M9", "fly")["code"] == "unknown-drone"
        assert c.command("M1", "fly")["code"] == "unknown-command"
        assert c.command("M1", "takeoff")["code"] == "bad-args"
        for expires, code in ((1, "expired"), (int(time.time() * 1000) + 4000000, "bad-args")):
            assert c.request("command", id=code, drone="M1", cmd="hold", args={}, by="t",
                             expires=expires)["code"] == code
        assert c.request("sources")["code"] == "unknown-op"
        assert c.request("hello")["kind"] == "bridge"
        assert [d["id"] for d in c.request("roster")["drones"]] == ["M1"]
        assert [x["cmd"] for x in c.request("commands", drone="M1")["commands"]][:2] == ["fly", "takeoff"]


@pytest.mark.parametrize("kind,type,modes", [
    ("plane", 1, {"arm": 15, "goto": 15, "hold": 12, "mission": 10, "rtl": 11}),
    ("rover", 10, {"arm": 15, "goto": 15, "hold": 4, "mission": 10, "rtl": 11})])
def test_ardupilots_other_programs(tmp_path, kind, type, modes):
    """The same words, each program's own numbers; what it has not got is refused as such."""
    with Bridge(tmp_path) as b:
        v, c = b.vehicle(type=type, speedup=3), b.client
        shown = lambda: [g["mode"] for g in v.got if g["got"] == "mode"][-1:]
        do(c, "arm")
        assert shown() == [modes["arm"]]
        if kind == "rover":
            reply = c.command("M1", "takeoff", height=10)
            assert reply["code"] == "unknown-command" or reply["code"] == "rejected", reply
        else:
            # Its own mode for it climbs to its own height; then it is told ours.
            do(c, "takeoff", 40, height=60)
            assert 13 in [g["mode"] for g in v.got if g["got"] == "mode"] and not v.commands(22)
            assert abs(c.sample()["height"] - 6000) < 150 and shown() == [15]
        do(c, "goto", lat=HOME[0] + 0.0003, lon=HOME[1], height=0 if kind == "rover" else 40)
        assert shown() == [modes["goto"]] and v.commands(192)[-1]["int"]
        do(c, "hold")
        assert shown() == [modes["hold"]]
        c.command("M1", "mission", items=[{"lat": HOME[0], "lon": HOME[1] + 0.0002, "height": 40}])
        until(lambda: c.stages()[-1:] == ["done"], 20)
        do(c, "start")
        assert shown() == [modes["mission"]]
        reply = c.command("M1", "land")
        assert not reply["ok"] and ("unsupported" in reply["text"] or "land" in reply["text"]), reply
        do(c, "rtl", 40)
        assert modes["rtl"] in shown()


def test_a_newer_command_stops_the_steps_of_the_older(tmp_path):
    """The vehicle answers late: `start` must not go on after `hold` was sent."""
    with Bridge(tmp_path) as b:
        v, c = b.vehicle(), b.client
        do(c, "mission", items=ITEMS)
        v.set(ackDelay={"400": 600, "176": 600})
        c.send_command("M1", "start", id="start")
        until(lambda: v.commands(400))
        c.send_command("M1", "hold", id="hold")
        until(lambda: c.last("hold")["stage"] == "done", 10)
        until(lambda: c.last("start")["stage"] in ("failed", "rejected"))
        assert c.last("start")["text"] == "replaced by hold"
        time.sleep(0.5)
        assert not v.commands(300), "the mission was started after hold"


def test_nothing_older_is_repeated_after_hold(tmp_path):
    with Bridge(tmp_path) as b:
        v, c = b.vehicle(speedup=3), b.client
        airborne(c, 5)
        v.set(lostAck=[192, 176])
        c.send_command("M1", "goto", id="goto", lat=47.103, lon=9.5)
        until(lambda: v.commands(192))
        c.send_command("M1", "hold", id="hold")
        until(lambda: c.last("hold")["stage"] == "done", 10)
        assert len(v.commands(192)) == 1


def test_two_commands_in_one_millisecond(tmp_path):
    """The second is the newer one, whatever comes back first."""
    with Bridge(tmp_path) as b:
        v, c = b.vehicle(speedup=3), b.client
        airborne(c, 5)
        v.set(ackDelay={"20": 300})
        for i in range(3):
            c.send_command("M1", "goto", id=f"goto{i}", lat=47.103, lon=9.5)
            c.send_command("M1", "rtl", id=f"rtl{i}")
            until(lambda: c.last(f"rtl{i}")["stage"] == "active")
            time.sleep(0.5)
            assert c.last(f"rtl{i}")["stage"] == "active", c.last(f"rtl{i}")
            do(c, "hold")


def test_in_progress_is_under_way_and_not_said_again(tmp_path):
    with Bridge(tmp_path) as b:
        v, c = b.vehicle(), b.client
        airborne(c, 15)
        v.set(progress=[21], mute=[])
        assert c.command("M1", "land")["ok"]
        until(lambda: "active" in c.stages(), 0.6)
        ends(c, "done")
        assert len(v.commands(21)) == 1


def test_nothing_is_resumed_from_the_flight_before(tmp_path):
    with Bridge(tmp_path) as b:
        v, c = b.vehicle(speedup=4), b.client
        airborne(c, 5)
        assert c.command("M1", "goto", lat=47.103, lon=9.5)["ok"]
        do(c, "hold")
        do(c, "land", 20)
        airborne(c, 5)
        reply = c.command("M1", "resume")
        assert reply["code"] == "rejected" and "nothing to resume" in reply["text"], reply
        assert len(v.commands(192)) == 1
