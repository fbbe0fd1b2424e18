"""Missions and fences of then: a simulator's drone is given one mission, then another; what it was to
fly at either moment, served value for value and drawn on the screen, and nothing before it was known."""
import datetime
import re
import shutil
import sqlite3
import tempfile

import pytest

import protocol
from fake_source import FakeSource
from history_helpers import history_of, ready, sql
from programs import Daemon, Sim
from screen_helpers import Terminal
from test_replay_serve import Replay
from test_replay_screen import play
from test_screen_own_past import Flying, at, rows
from wire import Control, wait_for

BETWEEN_MS = 2500  # from one change to the next, and a sample each 100 ms
HOME = (47.1410, 9.5209)


def items(n):
    return [{"lat": round(HOME[0] + 0.0003 + k * 0.0002, 7), "lon": round(HOME[1] - 0.0012 + k * 0.0005, 7),
             "height": 30 + k, "speed": 4.5} for k in range(n)]


class Story:
    """D01: the plan it began with, a mission of 3, one of 5. D02: as it began. F01's plan is never told."""

    def __init__(self, place):
        self.place = place
        self.sim = Sim(place, "--drones", "2", "--idle", "--home", "%f,%f" % HOME)
        self.mute = FakeSource(place, drones=["F01"])
        self.mute.on_any = lambda r: [(0, {"v": 1, "ok": False, "code": "unavailable", "text": "None yet."})] \
            if r["op"] == "plan" else None
        self.daemon = Daemon(place, sources=[self.sim, self.mute])
        ready(self.mute, self.daemon)
        self.dir = history_of(self.daemon)
        self.plans = []
        self.wait_rows(1)
        self.wait_passed(self.rows()[-1]["at"] + BETWEEN_MS)
        self.keep()
        for n in (3, 5):
            with Control(self.daemon.control) as c:
                _, reply = c.command("D01", "mission", {"items": items(n)})
            assert reply["ok"], reply
            self.wait_rows(len(self.plans) + 1)
            self.wait_passed(self.rows()[-1]["at"] + BETWEEN_MS)
            self.keep()
        self.other = self.daemon.ask("plan", drone="D02")
        self.at = [r["at"] for r in self.rows()]
        assert self.daemon.stop()[0] == 0, self.daemon.log

    def rows(self):
        return sql(self.dir, "SELECT at, rev, items, content FROM plans WHERE drone = 'D01' ORDER BY at")

    def wait_rows(self, n):
        wait_for(lambda: len(self.rows()) >= n, "%d plans" % n)

    def wait_passed(self, ms):
        def passed():
            self.mute.sample(waypoint=2, waypoints=4)
            [row] = sql(self.dir, "SELECT min(at) AS at FROM (SELECT max(time) AS at FROM telemetry GROUP BY drone)")
            return row["at"] and row["at"] >= ms
        wait_for(passed, "samples up to %d" % ms)

    def keep(self):
        self.plans.append(self.daemon.ask("plan", drone="D01"))

    def end(self):
        self.daemon.end()
        self.sim.end()
        self.mute.close()


@pytest.fixture(scope="module")
def story():
    place = tempfile.mkdtemp(prefix="ody-")
    told = Story(place)
    yield told
    told.end()
    shutil.rmtree(place, ignore_errors=True)


def iso(ms):
    t = datetime.datetime.fromtimestamp(ms / 1000, datetime.timezone.utc)
    return t.strftime("%Y-%m-%dT%H:%M:%S") + ".%03dZ" % (ms % 1000)


@pytest.fixture
def served(story, place, opened):
    def start(ms, *args, speed="0.1"):
        opened.append(Replay(place, story.dir, "--speed", speed, iso(ms), *args))
        return opened[-1]
    return start


def test_the_story(story):
    assert [len(p["mission"]) for p in story.plans] == [0, 3, 5]
    assert [r["items"] for r in story.rows()] == [0, 3, 5]
    assert all(p["fence"] for p in story.plans)


@pytest.mark.parametrize("which, after_ms", [(0, 500), (0, BETWEEN_MS - 100), (1, 100), (1, 2000), (2, 100), (2, 2000)])
def test_the_plan_of_then_value_for_value(story, served, which, after_ms):
    r = served(story.at[which] + after_ms)
    got = r.ask("plan", drone="D01")
    assert got == story.plans[which]
    # Not 30 for 30.0 either.
    assert protocol.pack(got) == protocol.pack(story.plans[which])
    assert r.ask("plan", drone="D02") == story.other


def test_what_was_not_recorded_is_said(story, served):
    r = served(story.at[2] + 1000)
    reply = r.ask("plan", drone="F01")
    assert not reply["ok"] and reply["code"] == "unavailable" and "not recorded" in reply["text"]
    reply = r.ask("plan", drone="Z99")
    assert not reply["ok"] and reply["code"] == "unknown-drone"


def test_changes_are_told(story, served, watch):
    r = served(story.at[0] + 100, "--loop", speed="2")
    w = watch(r, strict=False)
    revs = [p["rev"] for p in story.plans]

    def told():
        return [m.value["rev"] for m in w.of("pl", "D01")]
    # To the end, round to where nothing was known yet, and once more.
    wanted = [revs[1], revs[2], 0, revs[0], revs[1], revs[2]]
    wait_for(lambda: len(told()) >= len(wanted), "the changes")
    assert told()[:len(wanted)] == wanted
    # Nothing is told of what stays as it is.
    assert [m.value["rev"] for m in w.of("pl", "D02")][:2] == [0, story.other["rev"]]
    assert w.of("pl", "F01") == [] and w.wrong == []
    times = [m.value["time"] for m in w.of("pl", "D01")]
    assert times[0] == story.at[1] and times[1] == story.at[2]


POINT = re.compile("\u25c6(\\d+)")


def points(screen):
    return sorted(int(n) for n in POINT.findall(screen))


def test_on_the_screen(story, tmp_path):
    shots = play(tmp_path, story.dir, [
        "key Space", "line select D01", "key f",
        "line seek %s" % iso(story.at[1] - 200), "save before",
        "line seek %s" % iso(story.at[1] + 200), "save first",
        "line seek %s" % iso(story.at[2] + 200), "save second",
        "line seek %s" % iso(story.at[2] - 200), "save again",
        "line seek %s" % iso(story.at[1] - 200), "save undone",
        # Played over, and back over it.
        "line play 0.5", "wait 1.2", "key Space", "save played",
        "line seek %s" % iso(story.at[1] + 200), "line play -0.5", "wait 1.2", "key Space", "save back",
        "line select D02", "line seek %s" % iso(story.at[2] + 200), "save other",
        "line select F01", "save unknown", "line select D01", "save chosen"], size="200x60")
    assert points(shots["before"]) == points(shots["undone"]) == points(shots["back"]) == []
    assert points(shots["first"]) == points(shots["again"]) == points(shots["played"]) == [1, 2, 3]
    assert points(shots["second"]) == points(shots["chosen"]) == [1, 2, 3, 4, 5]
    assert points(shots["other"]) == []
    assert "wp 0/3" in shots["first"] and "wp 0/5" in shots["second"] and "no mission" in shots["before"]
    assert points(shots["unknown"]) == [] and "wp 2/4  mission not recorded" in shots["unknown"]
    # Who is heard for the first time is not back.
    assert "telemetry is back" not in "".join(shots.values())
    assert "not recorded" not in "".join(shot for name, shot in shots.items() if name != "unknown")


@pytest.mark.parametrize("through", ["directly", "through a daemon"])
def test_on_a_screen_that_watches_what_is_served(story, place, opened, tmp_path, daemon, through):
    """It shows the mission of then, and where none is recorded none, though it has seen a later one."""
    shutil.copytree(story.dir, tmp_path / "part")
    with sqlite3.connect(next((tmp_path / "part").glob("*.db"))) as db:
        db.execute("DELETE FROM plans WHERE items = 0")
    r = Replay(place, tmp_path / "part", "--loop", "--speed", "2" if through == "directly" else "1",
               iso(story.at[1] - 300))
    opened.append(r)
    if through != "directly":
        (tmp_path / "past.conf").write_text("[source past]\nfeed = %s\ncontrol = %s\nreplay = yes\n" % (r.feed, r.control))
        r = daemon("--config", tmp_path / "past.conf")
        r.wait_drone("D01")
    with Terminal(tmp_path, "--connect", r.feed + "," + r.control, cols=200, rows=60) as t:
        t.wait_for("D01")
        t.send(":select D01\r")
        for wanted in ([1, 2, 3, 4, 5], [], [1, 2, 3]):
            wait_for(lambda: (t.read(0.05), points(t.text()) == wanted)[1], "%r on the map" % wanted)
        t.send(":q\r")
        assert t.end() == 0


def test_where_the_daemon_is_elsewhere(tmp_path, place):
    """The screen's own past has the plans from when it was first told of them, and their changes."""
    with Flying(place) as fleet:
        plans = {"rev": 4, "n": 2}
        fleet.src.drones.append("A02")
        fleet.src.on_any = lambda r: [(0, {"v": 1, "ok": True, "rev": plans["rev"], "mission": items(plans["n"]),
                                           "fence": [], "rally": []})] if r["op"] == "plan" else None
        with Terminal(tmp_path, "--connect", fleet.connect, cols=200, rows=60) as t:
            t.wait_for("LIVE", "A01")
            fleet.src.sample("A02", seq=0, boot=fleet.boot2)
            t.send(":select A02\r")

            def revs(drone):
                t.read(0.05)
                return [r["rev"] for r in rows(tmp_path, "SELECT rev FROM plans WHERE drone = '%s' ORDER BY at" % drone)]

            def pass_by():
                until = fleet.src.now() + 1000
                wait_for(lambda: rows(tmp_path, "SELECT max(time) AS at FROM telemetry")[0]["at"] > until or t.read(0.05) is None,
                         "samples of a second")
            # Of one that nobody looked at too.
            wait_for(lambda: revs("A01") == [4] and revs("A02") == [4], "both plans")
            pass_by()
            plans.update(rev=5, n=4)
            fleet.src.publish("pl.A01", {"drone": "A01", "rev": 5, "time": fleet.src.now()})
            wait_for(lambda: revs("A01") == [4, 5], "the other plan")
            changed = rows(tmp_path, "SELECT at FROM plans WHERE rev = 5")[0]["at"]
            pass_by()
            t.send(":select A01\r6h")
            t.wait_for("REPLAY paused")
            for ms, wanted in ((700, [1, 2, 3, 4]), (-700, [1, 2]), (700, [1, 2, 3, 4]), (-120000, [])):
                t.send(":seek %s\r" % iso(changed + ms))
                wait_for(lambda: (t.read(0.05), points(t.text()) == wanted)[1],
                         "%r on the map at %s" % (wanted, at(changed + ms)))
            t.send("\x1b:q\r")
            assert t.end() == 0
