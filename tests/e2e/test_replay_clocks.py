"""A past whose drones have another clock than the daemon that logged it, and what must not be
told before its time: the real daemon, a source an hour ahead."""
import csv
import json
import shutil
import signal
import tempfile

import pytest

import protocol
from replay_history import _fields, _Maker
from shell_helpers import run
from test_replay_screen import clock, play

AHEAD_MS = 3600 * 1000
SECONDS = 60
HOME_FROM = 30


class _Ahead(_Maker):
    def one(self, second):
        self.go_to(second)
        self.src.skew_ms = self.clocks.real_ms + AHEAD_MS
        self.src.beat()
        for drone in ("A01", "A02", "B01"):
            fields = _fields(drone, second + 30)  # A01 is in the air
            if second < HOME_FROM:
                del fields["home_lat"], fields["home_lon"]
                fields["flags"] &= ~protocol.HOME
            if drone != "B01" or second >= 20:
                self.src.sample(drone, boot=self.rec.boot, time=self.rec.at(second) + AHEAD_MS, **fields)
        self.heard(second)


@pytest.fixture(scope="module")
def ahead():
    """Its directory."""
    place = tempfile.mkdtemp(prefix="ody-")
    maker = _Ahead(place)
    try:
        for second in range(1, SECONDS):
            maker.one(second)
        maker.settle()
        code, _ = maker.daemon.stop(signal.SIGTERM)
        assert code == 0
        yield maker.rec.dir
    finally:
        if maker.daemon.running():
            maker.daemon.kill()
        maker.src.close()
        shutil.rmtree(place, ignore_errors=True)


def test_a_flight_is_where_it_was_seen(tmp_path, ahead):
    flight = json.loads(run(tmp_path, "flights", "--history", ahead, "--json").stdout.splitlines()[0])
    assert "T00:57:01" in flight["id"].replace("005701", "00:57:01")  # in its own time
    shots = play(tmp_path, ahead, ["key Space", "save a"], flight["id"])
    assert clock(shots["a"]).startswith("2026-11-20 23:57:01")


def test_a_path_and_a_file_are_of_the_time_shown(tmp_path, ahead):
    shots = play(tmp_path, ahead, [
        "key Space", "line select A01", "line seek 23:57:40", "line path A01", "save path",
        "line loop 23:57:20 23:57:29.900", "line export a.csv", "wait 0.4", "save file"], size="140x40")
    assert "flight A01-" in shots["path"].splitlines()[-1]
    # The profile's axis has the screen's time, and not the drone's.
    assert "23:57:01" in shots["path"].split("TIMELINE")[0] and "00:57:01" not in shots["path"]
    assert "10 samples between the marks" in shots["file"]
    rows = list(csv.DictReader((tmp_path / "a.csv").open()))
    assert [r["time"] for r in rows] == ["2026-11-21T00:57:%02d.000Z" % s for s in range(20, 30)]


def test_nothing_is_known_before_it_was_told(tmp_path, ahead):
    """By a leap back, going back, and step by step; a home, and a drone."""
    shots = play(tmp_path, ahead, [
        "key Space", "line select A01", "line seek end", "save end", "line seek 23:57:25", "save leap",
        "line seek 23:57:31.500", "save told", "key 6 , ,", "save step", "line seek 23:57:31.500", "key j j",
        "save back", "line seek 23:57:10", "save alone"])
    for name in ("end", "told"):
        assert "home not known" not in shots[name], name
    for name in ("leap", "step", "back", "alone"):
        assert "home not known" in shots[name], name
    assert "2 FLEET 3 " in shots["leap"] and "2 FLEET 2 " in shots["alone"]


def test_a_file_of_another_name_is_exported_from(tmp_path, ahead):
    alone = tmp_path / "alone.db"
    shutil.copy(ahead / "2026-11-20.db", alone)
    shots = play(tmp_path, alone, [
        "key Space", "line select A02", "line seek 23:57:40", "line loop 23:57:20 23:57:29.900", "line export a.csv",
        "wait 0.4", "save file"])
    assert "10 samples between the marks" in shots["file"]
