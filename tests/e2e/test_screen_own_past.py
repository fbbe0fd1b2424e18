"""The past at a screen whose daemon is elsewhere: what it has received itself and
asked for, and never that of another daemon."""
import glob
import json
import os
import re
import threading
import time

import pytest

import protocol
from fake_source import FakeSource
from screen_helpers import Terminal
from shell_helpers import run
from wire import wait_for

GROUNDED = protocol.POSITION | protocol.HOME
FLYING = GROUNDED | protocol.ARMED | protocol.IN_AIR
CLOCK = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)")


class Flying:
    """A source with fifteen minutes behind it: a boot with a hole of ten seconds that will
    never come, then another; and samples that go on, ten a second."""

    def __init__(self, place, name="far", kind="daemon", drone="A01", behind=600, flags=GROUNDED):
        self.src = FakeSource(place, name=name, kind=kind, drones=[drone])
        self.drone, self.begin = drone, self.src.now() - behind * 1000
        self.boot1 = self.begin // 1000
        self.boot2 = self.boot1 + 400
        for i in range(behind):
            boot, seq = (self.boot1, i) if i < 400 else (self.boot2, i - 400)
            if 100 <= i < 110:
                continue
            self.src.sample(drone, seq=seq, boot=boot, send=False, time=self.begin + i * 1000,
                            battery=1000 - i, flags=flags)
        self.src.boot, self.flags = self.boot2, flags
        self.src.lost[drone, self.boot1] = [[100, 109]]
        self.seq, self.skip = behind - 400, set()
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._go_on, daemon=True)

    def _go_on(self):
        while not self.over.wait(0.1):
            self.src.sample(self.drone, seq=self.seq, boot=self.boot2, send=self.seq not in self.skip,
                            flags=self.flags)
            self.seq += 1

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        self.src.close()

    @property
    def connect(self):
        return self.src.feed + "," + self.src.control


def own_dirs(tmp_path):
    return glob.glob(str(tmp_path / "state/odyssey/past-*"))


def rows(tmp_path, sql):
    found = own_dirs(tmp_path)
    done = run(tmp_path, "sql", "--json", "--history", found[0], sql) if found else None
    return [json.loads(line) for line in done.stdout.splitlines()] if done else []


def at(ms):
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(ms / 1000))


def seq_of(text):
    return int(re.search(r"seq (\d+)", text).group(1))


def test_fifteen_minutes_before_it_came(tmp_path, place):
    with Flying(place, flags=FLYING) as fleet:
        with Terminal(tmp_path, "--connect", fleet.connect) as t:
            t.wait_for("LIVE", "A01")
            t.send("6")
            t.wait_for("daemon elsewhere: since ")
            t.send("h")
            t.wait_for("REPLAY paused", "daemon elsewhere: since ")
            # All of both boots, but for what is lost.
            wait_for(lambda: (rows(tmp_path, "SELECT count(*) AS n FROM telemetry") or [{"n": 0}])[0]["n"] >= 590, "all of it")
            wait_for(lambda: rows(tmp_path, "SELECT 1 FROM gaps WHERE state = 'lost' AND first_seq = 100 "
                                            "AND last_seq = 109"), "the gap")
            assert not rows(tmp_path, "SELECT 1 FROM gaps WHERE state = 'open'")
            t.wait_for("since " + at(fleet.begin)[11:19])
            # The right sample at a moment of the first boot; in the hole the one before it, growing old.
            t.send(":seek %s\r" % at(fleet.begin + 90500)[11:])
            t.wait_for(at(fleet.begin + 90500)[11:])
            assert seq_of(t.text()) in (89, 90)
            t.send(":seek next gap\r")
            t.wait_for(at(fleet.begin + 99000)[11:18])
            t.send(":seek +5s\r")
            t.wait_for("seq 99")
            t.send(":seek +10s\r")
            t.wait_for("seq 1")
            assert 110 <= seq_of(t.text()) <= 116
            t.send(":seek start\r")
            t.wait_for("seq 0")
            t.send(":seek -1m\r")
            t.wait_for("what is known here begins at")
            t.send("R")
            assert "REPLAY" not in t.wait_for(" LIVE ")

            # The flight that is still on, from its beginning, which was asked for.
            def path():
                t.send(":path A01\r")
                return re.search(r"flight A01-\S+: (\d+) points", t.wait_for("points"))
            wait_for(lambda: int(path().group(1)) > 200, "the whole flight")
            t.send(":q\r")
            assert t.end() == 0
    assert not own_dirs(tmp_path)


def test_a_hole_in_what_came_is_asked_for(tmp_path, place):
    with Flying(place, kind="sim") as fleet:
        fleet.skip = set(range(fleet.seq + 60, fleet.seq + 80))
        first = min(fleet.skip)
        with Terminal(tmp_path, "--connect", fleet.connect) as t:
            t.wait_for("LIVE", "A01")
            assert fleet.seq < first, "it was attached too late to miss anything"
            wait_for(lambda: fleet.seq > first + 40, "the hole to pass")
            wait_for(lambda: len(rows(tmp_path, "SELECT seq FROM telemetry WHERE boot = %d AND seq BETWEEN "
                                                "%d AND %d" % (fleet.boot2, first, first + 19))) == 20,
                     "the hole filled")
            wait_for(lambda: not rows(tmp_path, "SELECT 1 FROM gaps WHERE state <> 'filled'"), "no gap")
            # Nobody looked at the past: what was before it came is not asked for but for trails.
            assert not [r for r in fleet.src.asked("backfill") if r["boot"] == fleet.boot1]
            t.send(":q\r")
            assert t.end() == 0


def test_what_was_left_behind_is_swept(tmp_path, place):
    old = tmp_path / "state/odyssey/past-abcdef"
    old.mkdir(parents=True)
    (old / "2026-01-01.db").write_text("x")
    os.utime(old, (0, 0))
    with Flying(place) as fleet, Terminal(tmp_path, "--connect", fleet.connect) as t:
        t.wait_for("LIVE", "A01")
        wait_for(lambda: own_dirs(tmp_path) and not old.exists(), "the old one gone, a new one")
        t.send(":q\r")
        assert t.end() == 0


def config(tmp_path, state, served):
    (tmp_path / "here.conf").write_text("[daemon]\nstate = %s\nfeed = %s\ncontrol = %s\n"
                                        % (state, served.feed, served.control))
    return tmp_path / "here.conf"


@pytest.fixture
def two(place, daemon):
    """Daemons of two fleets, the first with a past."""
    with Flying(place, name="one", kind="sim", drone="OLD1") as a, \
            Flying(place, name="two", kind="sim", drone="NEW1") as b:
        one, other = daemon(sources=[a.src], name="d1"), daemon(sources=[b.src], name="d2")
        one.wait_drone("OLD1")
        other.wait_drone("NEW1")
        yield one, other


def test_never_the_past_of_another_daemon(tmp_path, two):
    one, other = two
    # The history beside the screen is of the first; at the configured endpoint the other answers.
    conf = config(tmp_path, one.state, other)
    with Terminal(tmp_path, "--config", conf, cols=200, rows=60) as t:
        t.wait_for("LIVE", "NEW1")
        t.send("6")
        t.wait_for("daemon elsewhere: since ")
        t.send("h")
        text = t.wait_for("REPLAY paused", "daemon elsewhere: since ", "NEW1")
        assert "OLD1" not in text and one.state not in text
        t.send(":seek start\r")
        t.wait_for("REPLAY paused")
        t.read(1)
        assert "OLD1" not in t.text()
        t.send(":q\r")
        assert t.end() == 0


@pytest.mark.parametrize("named", [False, True])
def test_its_own_history_is_known_by_its_mark(tmp_path, two, opened, named):
    one, _ = two
    conf = config(tmp_path, one.state, one)
    more = ["--connect", one.feed + "," + one.control] if named else []
    with Terminal(tmp_path, "--config", conf, *more, cols=200, rows=60) as t:
        t.wait_for("LIVE", "OLD1")
        t.send("6h")
        text = t.wait_for("REPLAY paused", "source " + one.state, "OLD1")
        assert "elsewhere" not in text and not glob.glob(one.state + "/past-*")
        t.send("R")
        t.wait_for(" LIVE ")
        # Another run of it has another mark, and is the same daemon.
        one.kill()
        opened.append(one.again())
        opened[-1].wait_drone("OLD1")
        t.read(5)
        t.send("R")
        t.wait_for("REPLAY paused", "source " + one.state, "OLD1")
        t.send(":q\r")
        assert t.end() == 0
        assert not glob.glob(one.state + "/past-*")


def test_who_answers_later_ends_the_past_of_another(tmp_path, two, opened):
    one, other = two
    wait_for(lambda: int(run(tmp_path, "sql", "--history", one.state + "/history",
                             "SELECT count(*) FROM telemetry").stdout.split()[-1]) > 600, "its past")
    # The first goes on, so that none is started; nobody answers at the endpoint yet.
    other.kill()
    conf = config(tmp_path, one.state, other)
    with Terminal(tmp_path, "--config", conf, cols=120, rows=40) as t:
        t.wait_for("TIMELINE")
        t.send("6h")
        t.wait_for("REPLAY paused", "OLD1")
        opened.append(other.again())
        opened[-1].wait_drone("NEW1")
        text = t.wait_for("back to live: what was shown is not the past of", "NEW1", timeout=20)
        assert "OLD1" not in text and "REPLAY" not in text
        t.send(":q\r")
        assert t.end() == 0
