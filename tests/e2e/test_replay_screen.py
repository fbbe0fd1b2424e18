"""The past on the screen: scripts of keys, the real binary, a history with gaps,
restarts, two boots of one drone and a day boundary (replay_history.py)."""
import csv
import json
import re
import shutil

import pytest

from replay_history import recorded  # noqa: F401
from screen_helpers import Terminal
from shell_helpers import Source, flying, run
from wire import wait_for

CLOCK = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)")


def play(tmp_path, history, steps, *args, size="120x40", **env):
    """Plays the steps; the screens that `save NAME` wrote, by name."""
    lines, shots = ["size " + size], {}
    for step in steps:
        if step.startswith("save "):
            # A frame with what was asked for is drawn before the next step.
            lines += ["wait 0.3", "save %s" % (tmp_path / (step[5:] + ".txt"))]
            shots[step[5:]] = tmp_path / (step[5:] + ".txt")
        else:
            lines.append(step)
    (tmp_path / "script").write_text("\n".join(lines) + "\n")
    done = run(tmp_path, "replay", "--history", history, "--script", "script", *args,
               ODYSSEY_MAPS="", **env)
    assert done.returncode == 0, done.stderr
    assert "script, line" not in done.stderr, done.stderr
    return {name: path.read_text() for name, path in shots.items()}


def clock(screen):
    return CLOCK.search(screen.splitlines()[0]).group(1)


def row_of(screen, drone):
    return next(line for line in screen.splitlines() if re.search(r"[│>]\s?>?%s\b" % drone, line))


def stand(*steps):
    """Standing still at the beginning, then the steps."""
    return ["key Space g", *steps]


@pytest.mark.parametrize("args, at", [
    ([], "2026-11-20 23:57:0"),
    (["2026-11-20T23:58Z"], "2026-11-20 23:58:0"),
    (["2026-11-21T00:01:30Z"], "2026-11-21 00:01:3"),
])
def test_from_a_time(tmp_path, recorded, args, at):
    shots = play(tmp_path, recorded.dir, ["key Space", "save a"], *args)
    assert clock(shots["a"]).startswith(at)
    assert shots["a"].startswith(" REPLAY paused")


def test_from_a_flight(tmp_path, recorded):
    done = run(tmp_path, "flights", "--history", recorded.dir, "--json")
    flight = next(f for f in map(json.loads, done.stdout.splitlines()) if f["drone"] == "A01")
    shots = play(tmp_path, recorded.dir, ["key Space", "save a"], flight["id"], "--loop")
    assert clock(shots["a"]).startswith("2026-11-20 23:57:2")
    assert " loop" in shots["a"] and "]" in shots["a"].splitlines()[-2]


@pytest.mark.parametrize("args, code, says", [
    (["noon"], 2, "is none of them"),
    (["--speed", "5000"], 2, "speed"),
    (["X99-20200101T000000"], 1, "no flight"),
    (["--drone", "A01", "--drone", "Z99"], 1, "nothing was recorded of drone Z99"),
    (["-30m"], 1, "nothing was recorded after"),
    (["23:58"], 2, "is none of them"),
    (["--history", "/nonexistent"], 1, "/nonexistent"),
])
def test_wrong_lines(tmp_path, recorded, args, code, says):
    (tmp_path / "script").write_text("wait 0.1\n")
    done = run(tmp_path, "replay", "--history", recorded.dir, "--script", "script", *args)
    assert done.returncode == code and says in done.stderr and done.stderr.count("\n") == 1


def test_a_copied_directory_and_one_day_alone(tmp_path, recorded):
    copy = recorded.copy(tmp_path)
    assert clock(play(tmp_path, copy, stand("save a"))["a"]).startswith("2026-11-20 23:57:0")
    alone = tmp_path / "alone.db"
    shutil.copy(copy / "2026-11-20.db", alone)
    shots = play(tmp_path, alone, ["key Space", "line seek end", "save a"])
    # The second day is not there.
    assert clock(shots["a"]).startswith("2026-11-20 23:5")


def test_what_the_line_shows(tmp_path, recorded):
    shots = play(tmp_path, recorded.dir, stand("save large"), size="200x60")
    lines = shots["large"].splitlines()
    density = next(line for line in lines if line.startswith(" density"))
    events = next(line for line in lines if line.startswith(" events"))
    commands = next(line for line in lines if line.startswith(" commands"))
    assert "X" in events and "!" in events
    assert re.search("[c2-9]", commands[10:])
    assert "\u2588" in density
    bar = lines[lines.index(commands) + 1]
    assert "23:57:0" in bar and "00:0" in bar and "\u25cf" in bar


def test_play_step_seek(tmp_path, recorded):
    shots = play(tmp_path, recorded.dir, [
        "key Space", "line seek 23:58:00", "save a", "key l", "save b", "key h h", "save c", "key k",
        "save d", "line seek +1m", "save e", "line seek 50%", "save f", "line seek end", "save g",
        "line seek 2026-11-20T23:59:00Z", "line play 10", "wait 1", "key Space", "save h",
        "line play -10", "wait 1", "key Space", "save i", "key >", "save j"])
    assert clock(shots["a"]) == "2026-11-20 23:58:00"
    assert clock(shots["b"]) == "2026-11-20 23:58:05"
    assert clock(shots["c"]) == "2026-11-20 23:57:55"
    assert clock(shots["d"]) == "2026-11-20 23:57:56"
    assert clock(shots["e"]) == "2026-11-20 23:58:56"
    assert clock(shots["f"]) in ("2026-11-20 23:59:59", "2026-11-21 00:00:00")
    assert clock(shots["g"]) >= "2026-11-21 00:02:59"
    # Ten times as fast, for a second and as long as the script took.
    assert "2026-11-20 23:59:08" <= clock(shots["h"]) < "2026-11-21 00:02:59"
    assert clock(shots["i"]) < clock(shots["h"])
    assert "paused" in shots["j"]


def test_a_sample_at_a_time(tmp_path, recorded):
    shots = play(tmp_path, recorded.dir, ["key Space", "line select A01", "line seek 23:58:00.500",
                                          "save a", "key .", "save b", "key . .", "save c", "key ,", "save d"])
    seq = {k: int(re.search(r"seq (\d+)", s).group(1)) for k, s in shots.items()}
    assert (seq["b"] - seq["a"], seq["c"] - seq["a"], seq["d"] - seq["a"]) == (1, 3, 2)


def test_next_alarm_gap_command(tmp_path, recorded):
    shots = play(tmp_path, recorded.dir, [
        "key Space", "line seek 23:58:35", "line seek next alarm", "save a", "line seek next command",
        "save b", "line seek previous alarm", "save c", "line seek start", "line seek next gap",
        "save d", "line seek end", "line seek next alarm", "save e", "key 6 {", "save f"])
    assert "2026-11-20 23:58:37" <= clock(shots["a"]) <= "2026-11-20 23:58:40"
    assert clock(shots["b"]) in ("2026-11-20 23:59:09", "2026-11-20 23:59:10")
    assert clock(shots["c"]) <= "2026-11-20 23:59:10"
    assert "2026-11-20 23:57:10" <= clock(shots["d"]) <= "2026-11-20 23:58:30"
    assert "there is no alarm after this" in shots["e"]
    assert clock(shots["f"]) < clock(shots["e"])


def test_a_loop_between_marks(tmp_path, recorded):
    shots = play(tmp_path, recorded.dir, [
        "key Space", "line loop 23:58:00 23:58:05", "line seek 23:58:00", "save a", "line play 10",
        "wait 2", "save b", "key o x", "save c"])
    last = shots["a"].splitlines()[-2]
    assert "]" in last  # the playhead stands on the other
    assert "2026-11-20 23:58:00" <= clock(shots["b"]) <= "2026-11-20 23:58:06"
    assert "playing \u00d710 loop" in shots["b"] and "playing \u00d710 loop" not in shots["c"]


@pytest.mark.parametrize("step", ["key H", "key B", "key S", "line goto A01 47.14 9.52 50", "line rtl",
                                  "line kill A01", "line wp send A01"])
def test_no_command_is_taken(tmp_path, recorded, step):
    shots = play(tmp_path, recorded.dir, stand(
        "line select A01", "line wp add 47.14 9.52 50", "key 2", step, "save a"))
    assert "nothing is sent into the past" in shots["a"]
    assert "CONFIRM" not in shots["a"]


def test_as_it_was_then(tmp_path, recorded):
    shots = play(tmp_path, recorded.dir, [
        "key Space", "line seek 23:57:30", "save before", "line seek 23:58:38", "save silent",
        "line seek 23:58:45", "save raised", "line seek 23:58:55", "save acked", "line seek 23:59:15",
        "save sent", "line select A02", "line seek 23:59:30", "save boot"], size="200x60")
    # B01 has not appeared; A01 is silent while its samples were lost.
    assert "B01" not in shots["before"] and "B01" in shots["silent"]
    assert re.search(r"A01 [~?X] .* [5-9]s$", row_of(shots["silent"], "A01"))
    assert "UNACKED" in shots["raised"].upper()
    assert re.search(r"goto\s+A01", shots["sent"])
    assert re.search(r"goto\s+A01", shots["before"]) is None
    # The second boot counts from 0 again.
    assert int(re.search(r"seq (\d+)", shots["boot"]).group(1)) < 60


def test_export_and_snap(tmp_path, recorded):
    shots = play(tmp_path, recorded.dir, [
        "key Space", "line select A01", "line loop 23:58:00 23:58:09.500", "line export a.csv", "wait 0.3",
        "line export a.geojson", "line export a.kml", "line export a.gpx", "line export a.txt", "save a",
        "key Esc", "line snap shot.txt", "save b"])
    rows = list(csv.DictReader((tmp_path / "a.csv").open()))
    want = [s for s in recorded.sent["A01", recorded.boot].values()
            if recorded.at(60) <= s[2] <= recorded.at(69.5)]
    assert [int(r["seq"]) for r in rows] == [s[1] for s in want]
    assert json.loads((tmp_path / "a.geojson").read_text())["type"] == "FeatureCollection"
    assert "<kml" in (tmp_path / "a.kml").read_text() and "<gpx" in (tmp_path / "a.gpx").read_text()
    assert ".csv, .geojson, .kml or .gpx" in shots["a"]
    assert (tmp_path / "shot.txt").read_text().startswith(" REPLAY paused")


@pytest.mark.parametrize("size, charset", [("80x24", "braille"), ("120x40", "ascii"), ("200x60", "braille")])
def test_paths_and_profile(tmp_path, recorded, size, charset):
    shots = play(tmp_path, recorded.dir, [
        "key Space", "line seek 23:59:00", "line select A01", "line path A01", "save a",
        "line path colour battery", "line path over distance", "save b", "line path off", "save c",
        "line path Z99", "save d"], "--charset", charset, size=size)
    assert "height m 1" in shots["a"] and "hgt" in shots["a"] and "bat" in shots["a"]
    assert "battery % 1" in shots["b"]
    assert "battery %" not in shots["c"]
    assert "is no flight" in shots["d"]
    if size != "80x24":
        assert "23:57:2" in shots["a"] and " km" in shots["b"]
    if charset == "ascii":
        assert shots["a"].isascii()


def test_beside_a_writing_daemon_and_from_live(tmp_path, place, daemon):
    with Source(place, {"D01": lambda t: flying(t, seq=(t // 100) % 100000000)}) as source:
        daemon = daemon(sources=[source])
        daemon.wait_drone("D01")
        history = daemon.state + "/history"
        wait_for(lambda: run(tmp_path, "sql", "--history", history,
                             "SELECT 1 FROM telemetry LIMIT 1").stdout.strip(), "rows")
        with Terminal(tmp_path, "--connect", daemon.feed + "," + daemon.control, "--history", history) as t:
            t.wait_for("LIVE", "D01", "TIMELINE")
            t.read(3)
            t.send("6h")
            t.wait_for("REPLAY paused", "commands locked")
            first = clock(t.text())
            t.send(":seek -1s\r")
            t.wait_for("REPLAY paused")
            t.send("H")
            t.wait_for("nothing is sent into the past")
            t.send("R")
            assert "REPLAY" not in t.wait_for(" LIVE ", "D01")
            t.send("R")
            shown = t.wait_for("REPLAY paused")
            assert clock(shown) <= first
            # However one came there, its keys are at hand, and in live the fleet's again.
            t.send("R2")
            t.wait_for(" LIVE ", ">D01")
            t.send(":seek -2s\r")
            t.wait_for("REPLAY paused")
            t.send(" ")
            t.wait_for("REPLAY \u00d71")
            assert "marked" not in t.text()
            t.send("R")
            t.wait_for(" LIVE ")
            t.send(" ")
            t.wait_for("1 marked")
            t.send(":q\r")
            assert t.end() == 0
        # Where the history is not beside it there is what the screen has itself: test_screen_own_past.py.
        with Terminal(tmp_path, "--connect", daemon.feed + "," + daemon.control) as t:
            t.wait_for("LIVE", "D01")
            t.send("6")
            t.wait_for("daemon elsewhere: since ")
            t.send(":q\r")
            assert t.end() == 0
        shots = play(tmp_path, history, ["key Space", "line seek end", "save a"])
        assert "D01" in shots["a"] and "1 ok" in shots["a"]


def test_in_a_terminal_nothing_rings(tmp_path, recorded):
    with Terminal(tmp_path, "replay", "--history", recorded.dir, "--speed", "20") as t:
        t.wait_for("REPLAY \u00d720", "commands locked")
        t.read(3)
        assert b"\a" not in t.raw
        t.send(":q\r")
        assert t.end() == 0


def alerts_of(screen):
    """Alerts and commands, without what is the frame's."""
    lines = screen.splitlines()
    top = next(i for i, line in enumerate(lines) if "4 ALERTS" in line)
    return lines[top:next(i for i, line in enumerate(lines) if "6 TIMELINE" in line)]


def test_a_moment_is_the_same_however_one_comes_there(tmp_path, recorded):
    """Gone forward to, backward to, or leapt to: nothing is told that was not told then, and all that was."""
    times = ["23:58:36", "23:58:47", "23:59:16", "23:59:58", "00:00:50", "00:01:10"]
    on, back, leap = ["key Space g"], ["key Space"], ["key Space"]
    for t in times:
        on += ["line seek " + t, "save on" + t]
        leap += ["line seek end", "line seek " + t, "save leap" + t]
    for t in reversed(times):
        back += ["line seek " + t, "line seek +2s", "key j j", "save back" + t]
    shots = {**play(tmp_path, recorded.dir, on, size="200x60"), **play(tmp_path, recorded.dir, back, size="200x60"),
             **play(tmp_path, recorded.dir, leap, size="200x60")}
    for t in times:
        assert alerts_of(shots["on" + t]) == alerts_of(shots["leap" + t]) == alerts_of(shots["back" + t]), t
    # Stages of orders and what is over are there; what the screen found itself has no time of then.
    assert "order O1 assigned" in shots["leap23:59:58"] and "order O1 delivered" in shots["leap23:59:58"]
    assert "cleared 23:59:30" in shots["leap23:59:58"]
    assert "telemetry is back" not in shots["on00:01:10"]
