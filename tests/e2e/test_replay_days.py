"""Days that cannot be read, or are thrown away, under a replay: the real daemon's files of three
days with twenty seconds each, one of them then damaged or deleted."""
import shutil
import signal
import sqlite3
import tempfile

import pytest

from programs import ODYSSEY, Program, Served, run
from replay_history import _fields, _Maker
from screen_helpers import Terminal
from test_replay_screen import clock, play
from wire import Control

DAYS = ["2026-11-20", "2026-11-21", "2026-11-22"]
SECONDS = 20


@pytest.fixture(scope="module")
def recorded_days():
    place = tempfile.mkdtemp(prefix="ody-")
    maker = _Maker(place)
    try:
        for day in range(len(DAYS)):
            for k in range(60, 60 + SECONDS):
                maker.go_to(day * 86400 + k)
                maker.src.beat()
                for drone in ("A01", "A02"):
                    maker.src.sample(drone, boot=maker.rec.boot, time=maker.rec.at(maker.second), **_fields(drone, k))
                maker.heard(maker.second)
        maker.settle()
        code, _ = maker.daemon.stop(signal.SIGTERM)
        assert code == 0
        yield maker.rec.dir
    finally:
        if maker.daemon.running():
            maker.daemon.kill()
        maker.src.close()
        shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def days(tmp_path, recorded_days):
    """A copy to break."""
    to = tmp_path / "history"
    shutil.copytree(recorded_days, to)
    assert sorted(p.name for p in to.glob("*.db")) == [d + ".db" for d in DAYS]
    return to


def damage(days, n):
    path = days / (DAYS[n] + ".db")
    data = bytearray(path.read_bytes())
    data[5000:] = b"\x55" * (len(data) - 5000)
    path.write_bytes(data)
    return path


def bottom(screen):
    return screen.splitlines()[-1]


def test_a_damaged_day_between_others(tmp_path, days):
    """It is said, its moments are those of a day without samples, and the others are there."""
    path = damage(days, 1)
    shots = play(tmp_path, days, [
        "key Space", "line seek 2026-11-21T23:58:10Z", "save a", "line seek 2026-11-20T23:58:10Z", "save before",
        "line seek 2026-11-21T23:58:10Z", "save b", "key 6 .", "save next"], size="200x60")
    for name in "ab":
        assert clock(shots[name]) == "2026-11-21 23:58:10"
        assert " 2 lost " in shots[name].splitlines()[0]
        assert "%s: " % path in bottom(shots[name]) and "of this day nothing is shown" in bottom(shots[name])
    assert " 2 ok " in shots["before"].splitlines()[0]
    assert clock(shots["next"]).startswith("2026-11-22 23:58:00")


@pytest.mark.parametrize("broken, first, last", [
    ([0], "2026-11-21 23:58:00", "2026-11-22 23:58:19"),
    ([2], "2026-11-20 23:57:00", "2026-11-21 23:58:19"),
    ([0, 1], "2026-11-22 23:58:00", "2026-11-22 23:58:19"),
    ([1, 2], "2026-11-20 23:57:00", "2026-11-20 23:58:19"),
])
def test_damaged_days_at_an_end(tmp_path, days, broken, first, last):
    for n in broken:
        damage(days, n)
    shots = play(tmp_path, days, ["save open", "key Space", "line seek start", "save start", "line seek end",
                                  "save end"], size="200x60")
    assert "of this day nothing is shown" in bottom(shots["open"])
    assert clock(shots["start"]) == first
    assert clock(shots["end"])[:17] == last[:17]
    assert " 2 ok " in shots["end"].splitlines()[0]


def test_all_days_damaged(tmp_path, days, place):
    for n in range(3):
        damage(days, n)
    code, _, err = run([ODYSSEY, "replay", "--serve", "--history", days], place)
    assert code == 1 and ".db: " in err and len(err.strip().splitlines()) == 1


class Replay(Program, Served):
    def __init__(self, place, history, *args):
        self.feed = "ipc://%s/past" % place
        self.control = self.feed + ".control"
        super().__init__([ODYSSEY, "replay", "--serve", "--history", history, "--feed", self.feed, *args], place)
        with Control(self.control) as c:
            self.hello = c.ask("hello")


def test_a_source_goes_on_over_a_damaged_day(days, place, opened):
    path = damage(days, 1)
    r = Replay(place, days, "--speed", "10", "2026-11-20T23:59:58Z")
    opened.append(r)
    r.wait_log("%s: " % path)
    assert {d["id"] for d in r.ask("roster")["drones"]} == {"A01", "A02"}
    assert r.running()


def test_a_day_that_is_locked_for_a_while(tmp_path, days):
    """Somebody holds it: once it is let go it is read."""
    path = days / (DAYS[2] + ".db")
    held = sqlite3.connect(path, isolation_level=None)
    held.execute("PRAGMA locking_mode = EXCLUSIVE")
    held.execute("BEGIN EXCLUSIVE")
    with Terminal(tmp_path, "replay", "--history", days, "2026-11-20T23:58:10Z", cols=200, rows=60) as t:
        t.wait_for("REPLAY", "2 ok")
        held.execute("COMMIT")
        held.close()
        t.send(" ")
        t.wait_for("of 11-22 23:58:19")
        t.send(":seek 2026-11-22T23:58:10Z\r")
        t.wait_for("2026-11-22 23:58:10", "2 ok")
        t.send(":q\r")
        assert t.end() == 0


def test_a_day_is_thrown_away_under_it(tmp_path, days):
    """As retention does: the past begins later then, and who stood there stands at its beginning."""
    with Terminal(tmp_path, "replay", "--history", days, "2026-11-20T23:58:10Z", cols=200, rows=60) as t:
        t.wait_for("REPLAY", "2 ok")
        t.send(" ")
        t.wait_for("REPLAY paused")
        (days / (DAYS[0] + ".db")).unlink()
        t.wait_for("2026-11-21 23:58:00")
        t.send(":seek 2026-11-20T23:58:10Z\r")
        t.wait_for("what is recorded begins at 2026-11-21T23:58:00Z")
        t.send(":seek +10s\r")
        t.wait_for("2026-11-21 23:58:10", "2 ok")
        t.send(":q\r")
        assert t.end() == 0
