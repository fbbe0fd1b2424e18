"""The past as a source: what was recorded, value for value; nothing else; no command."""
import os
import shutil
import stat

import pytest

import protocol
from history_helpers import sql
from programs import ODYSSEY, Program, Served, run
from replay_history import BEGIN_MS, MIDNIGHT, SECONDS, recorded  # noqa: F401
from wire import Control, wait_for


class Replay(Program, Served):
    def __init__(self, place, history, *args, name="past"):
        self.feed = "ipc://%s/%s" % (place, name)
        self.control = self.feed + ".control"
        super().__init__([ODYSSEY, "replay", "--serve", "--history", history, "--feed", self.feed,
                          *args], place)
        with Control(self.control) as c:
            self.hello = c.ask("hello")


@pytest.fixture
def replay(place, opened):
    def start(history, *args, **keys):
        opened.append(Replay(place, history, *args, **keys))
        return opened[-1]
    return start


def iso(ms):
    code, out, _ = run(["date", "-u", "-d", "@%d" % (ms // 1000), "+%Y-%m-%dT%H:%M:%SZ"], "/")
    assert code == 0
    return out.strip()


def all_backfilled(r, drone, boot, last):
    got, at = [], 0
    while True:
        reply = r.ask("backfill", drone=drone, boot=boot, to=last, **{"from": at})
        got += reply["samples"]
        if not reply["more"]:
            return got, reply
        at = got[-1][1] + 1


def wait_end(r, recorded):
    wait_for(lambda: r.ask("hello")["time"] >= recorded.end_ms, "the end")


def test_the_story_was_recorded(recorded):
    """What the tests of replay rely on."""
    rows = sql(recorded.dir, "SELECT drone, boot, count(*) AS n FROM telemetry GROUP BY drone, boot")
    assert {(r["drone"], r["boot"]): r["n"] for r in rows} == {k: len(v) for k, v in recorded.sent.items()}
    gaps = sql(recorded.dir, "SELECT drone, first_seq, last_seq FROM gaps WHERE state = 'lost'")
    assert {(g["drone"], g["first_seq"], g["last_seq"]) for g in gaps} >= {("A01", 90, 99), ("B01", 160, 179)}
    assert len(sql(recorded.dir, "SELECT * FROM flights WHERE drone = 'A01' AND flown")) == 1
    assert sorted(p.name for p in recorded.dir.glob("*.db")) == ["2026-11-20.db", "2026-11-21.db"]
    assert [a["state"] for a in sql(recorded.dir, "SELECT state FROM alarms WHERE id = 'al-1'")] == \
        ["raised", "acked", "cleared"]
    assert sql(recorded.dir, "SELECT count(*) AS n FROM telemetry WHERE backfilled")[0]["n"] >= 45


def test_values_recorded_are_values_replayed(recorded, replay, watch):
    r = replay(recorded.dir, "--speed", "100", "--loop", iso(recorded.at(0)))
    w = watch(r, strict=False)
    wait_for(lambda: len({(m.id, m.value["boot"], m.value["seq"]) for m in w.of("tm")}) ==
             sum(len(v) for v in recorded.sent.values()), "every sample")
    for m in w.of("tm"):
        drone, boot, seq = m.id, m.value["boot"], m.value["seq"]
        assert m.body == protocol.pack(recorded.sent[drone, boot][seq]), (drone, boot, seq)
    assert {m.value["kind"] for m in w.of("hb")} == {"replay"}


def test_in_the_order_of_time(recorded, replay, watch):
    """From before the first subscriber on nothing is lost to the history: only to the feed."""
    r = replay(recorded.dir, "--speed", "20", iso(recorded.at(0)))
    w = watch(r, holes=True)
    wait_end(r, recorded)
    times = [m.value["time"] for m in w.of("tm")]
    assert len(times) > 500
    # A sample arrived within the second that it was measured in.
    assert all(b >= a - 1000 for a, b in zip(times, times[1:]))
    assert w.wrong == []
    states = [m.value["state"] for m in w.of("al") if m.value["id"] == "al-1"]
    assert states == ["raised", "acked", "cleared"]
    assert [m.value["state"] for m in w.of("or", "O1")] == ["assigned", "delivered"]
    assert "gimbal jammed" in [m.value["text"] for m in w.of("ev")]
    assert w.stages(recorded.command)[-1] == "done"
    assert w.stages(recorded.refused)[-1] == "rejected"


def test_what_was_so_then(recorded, replay):
    """Roster, commands and backfill are of the playhead, not of the end."""
    r = replay(recorded.dir, "--speed", "0.1", iso(recorded.at(125)))
    roster = {d["id"]: d for d in r.ask("roster")["drones"]}
    assert set(roster) == {"A01", "A02", "B01"}
    assert roster["A02"]["tm"][:2] in ([recorded.boot2, n] for n in (3, 4, 5, 6, 7))
    assert {d["kind"] for d in roster.values()} == {"replay"}
    assert abs(r.ask("hello")["time"] - recorded.at(125)) < 5000
    assert r.ask("commands")["commands"] == []
    samples, reply = all_backfilled(r, "A01", recorded.boot, 4000)
    seqs = [s[1] for s in samples]
    assert seqs[0] == 0 and 120 <= seqs[-1] <= 130
    assert not set(seqs) & set(range(90, 100)) and [90, 99] in reply["lost"]
    assert [s for s in samples] == [recorded.sent["A01", recorded.boot][n] for n in seqs]
    before = replay(recorded.dir, "--speed", "0.1", iso(recorded.at(30)), name="before")
    assert {d["id"] for d in before.ask("roster")["drones"]} == {"A01", "A02"}


def test_the_end_stays(recorded, replay, watch):
    r = replay(recorded.dir, "--speed", "1000", iso(recorded.at(300)))
    wait_end(r, recorded)
    with Control(r.control) as c:
        first = c.ask("hello")["time"]
    w = watch(r)
    w.wait(2, "hb")
    assert {m.value["time"] for m in w.of("hb")} == {first}
    commands = {c["id"]: c["stage"] for c in r.ask("commands")["commands"]}
    assert commands[recorded.command] == "done" and commands[recorded.refused] == "rejected"


@pytest.mark.parametrize("drone, cmd, args, code", [
    ("A01", "goto", {"lat": 47.1, "lon": 9.5, "height": 50}, "forbidden"),
    ("A01", "hold", {}, "forbidden"),
    ("A01", "goto", {"lat": "north"}, "bad-args"),
    ("A01", "dance", {}, "unknown-command"),
    ("Z99", "hold", {}, "unknown-drone"),
])
def test_every_command_is_refused(recorded, replay, watch, drone, cmd, args, code):
    r = replay(recorded.dir, "--speed", "0.1", iso(recorded.at(100)))
    w = watch(r)
    w.wait(1, "hb")
    with Control(r.control) as c:
        name, reply = c.command(drone, cmd, args)
    assert not reply["ok"] and reply["code"] == code
    assert w.wait_stage(name, "rejected")["code"] == code


def test_a_daemon_takes_it_only_where_told(recorded, replay, daemon, place):
    r = replay(recorded.dir, "--speed", "10", "--loop", iso(recorded.at(200)))
    d = daemon(sources=[r])
    wait_for(lambda: d.source(r.feed)["kind"] == "replay", "the daemon to see what it is")
    d.wait_log("offers a replay and is refused")
    assert d.ask("roster")["drones"] == []
    config = os.path.join(place, "past.conf")
    with open(config, "w", encoding="ascii") as f:
        f.write("[source past]\nfeed = %s\ncontrol = %s\nreplay = yes\n" % (r.feed, r.control))
    willing = daemon("--config", config, name="willing")
    willing.wait_drone("A01", "A02", "B01")
    with Control(willing.control) as c:
        _, reply = c.command("A01", "hold")
    assert reply["code"] == "forbidden"
    assert sql(willing.state + "/history", "SELECT count(*) AS n FROM telemetry")[0]["n"] == 0


def test_one_day_alone(recorded, replay, watch, place):
    """A file of another name, read-only, in a directory that cannot be written."""
    there = os.path.join(place, "ro")
    os.mkdir(there)
    shutil.copy(recorded.dir / "2026-11-21.db", there + "/after-midnight")
    os.chmod(there, stat.S_IRUSR | stat.S_IXUSR)
    r = replay(there + "/after-midnight", "--speed", "1000", "--loop")
    w = watch(r, strict=False)
    wait_for(lambda: len({m.value["time"] for m in w.of("tm", "A01")}) >= SECONDS - MIDNIGHT, "all of the day")
    assert min(m.value["time"] for m in w.of("tm")) >= BEGIN_MS + MIDNIGHT * 1000 - 1000
    os.chmod(there, stat.S_IRWXU)


def test_drones_chosen(recorded, replay, watch):
    r = replay(recorded.dir, "--speed", "1000", "--loop", "--drone", "B01", iso(recorded.at(0)))
    w = watch(r, strict=False)
    w.wait(100, "tm")
    assert {m.id for m in w.of("tm")} == {"B01"}
    assert {m.value["drone"] for m in w.of("al")} <= {"B01", None}


def test_a_flight(recorded, replay, watch):
    flight = sql(recorded.dir, "SELECT id FROM flights WHERE flown")[0]["id"]
    r = replay(recorded.dir, "--speed", "200", "--loop", flight)
    w = watch(r, strict=False)
    w.wait(900, "tm")
    times = [m.value["time"] for m in w.of("hb")]
    assert min(times) >= recorded.at(18) and max(times) <= recorded.at(310)


def test_beside_a_daemon_that_writes(fake, daemon, replay, watch):
    src = fake(drones=["F01"])
    d = daemon(sources=[src])
    d.wait_up(src)
    src.wait_subscribed()
    src.samples(20)
    d.wait_drone("F01")
    history = d.state + "/history"
    wait_for(lambda: sql(history, "SELECT count(*) AS n FROM telemetry")[0]["n"] >= 20, "20 samples")
    r = replay(history, "--speed", "1000")
    w = watch(r, strict=False)
    w.wait(1, "hb")
    src.samples(5)
    # What is written now is in the past soon.
    wait_for(lambda: [s[1] for s in all_backfilled(r, "F01", src.boot, 100)[0]] == list(range(25)),
             "what came meanwhile")


@pytest.mark.parametrize("args, says", [
    (("yesterday",), "FROM is a time"),
    (("D01-20200101T000000",), "no flight"),
    (("--speed", "0"), "0.1 to 1000"),
    (("--speed", "5000"), "0.1 to 1000"),
    (("--drone", "a b"), "--drone must be an id"),
    (("2031-01-01T00:00Z",), "nothing was recorded after"),
    (("2026-11-20T23:58Z", "again"), "one FROM"),
    (("--feed", "tcp://0.0.0.0:7630"), "--insecure"),
])
def test_lines_that_are_wrong(recorded, place, args, says):
    code, _, err = run([ODYSSEY, "replay", "--serve", "--history", recorded.dir, *args], place)
    assert code in (1, 2) and says in err, err
    assert len(err.strip().splitlines()) == 1


def test_no_history(place):
    code, _, err = run([ODYSSEY, "replay", "--serve", "--history", place + "/nowhere"], place)
    assert code == 1 and place + "/nowhere" in err
