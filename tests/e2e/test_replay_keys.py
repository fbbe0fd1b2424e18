"""Keys and lines of the past that test_replay_screen.py leaves out: each on the recorded
history with gaps, restarts, two boots of one drone and a day boundary."""
import re

import pytest

from replay_history import recorded  # noqa: F401
from screen_helpers import Terminal
from test_replay_screen import clock, play, row_of, stand


def seq_of(screen):
    return int(re.search(r"seq (\d+)", screen).group(1))


def bottom(screen):
    return screen.splitlines()[-1]


# ---- how it is begun ----

def test_slowly_from_a_time(tmp_path, recorded):
    shots = play(tmp_path, recorded.dir, ["key Space", "save a"], "2026-11-20T23:59:30Z", "--speed", "0.1")
    assert clock(shots["a"]).startswith("2026-11-20 23:59:3")


def test_some_drones_alone(tmp_path, recorded):
    shots = play(tmp_path, recorded.dir, stand("line seek 23:58:30", "save a"), "--drone", "A02", "--drone", "B01")
    assert "A02" in shots["a"] and "B01" in shots["a"] and "A01" not in shots["a"].split("ALERTS")[0]


def test_speed_and_loop_of_the_command_line(tmp_path, recorded):
    shots = play(tmp_path, recorded.dir, ["save a", "wait 1", "save b"], "2026-11-20T23:58Z", "--speed", "60", "--loop")
    assert "REPLAY \u00d760" in shots["a"] and " loop" in shots["a"]
    assert clock(shots["b"]) > clock(shots["a"]) or clock(shots["b"]) < "2026-11-20 23:58"


# ---- play and step ----

def test_each_key_of_the_timeline(tmp_path, recorded):
    """From 23:59:00 each time; what the clock, or the pace, is then."""
    cases = {
        "h": "23:58:55", "l": "23:59:05", "Left": "23:58:55", "Right": "23:59:05", "j": None, "k": None,
        "PageUp": None, "PageDown": None,
    }
    steps = ["key Space"]
    for key in cases:
        steps += ["line seek 23:59:00", "key 6 " + key, "save " + key]
    shots = play(tmp_path, recorded.dir, steps)
    for key, want in cases.items():
        assert "paused" in shots[key].splitlines()[0]
        if want:
            assert clock(shots[key])[11:] == want, key


def test_backward_and_at_every_pace(tmp_path, recorded):
    shots = play(tmp_path, recorded.dir, [
        "key Space", "line seek 23:59:00", "line play 0.1", "save slow", "line loop on", "line play 1000", "save fast",
        "key Space", "line loop off", "line seek 23:59:30", "line play -2", "wait 1", "key Space", "save back",
        "line play 1", "key > >", "save faster", "key < < <", "save slower", "key Space"])
    assert "\u00d70.1" in shots["slow"].splitlines()[0]
    assert "\u00d71000" in shots["fast"].splitlines()[0]
    assert "2026-11-20 23:59:2" <= clock(shots["back"]) < "2026-11-20 23:59:29"
    assert "\u00d75" in shots["faster"].splitlines()[0]
    assert "\u00d70.5" in shots["slower"].splitlines()[0]


def test_it_pauses_at_either_end(tmp_path, recorded):
    shots = play(tmp_path, recorded.dir, [
        "key Space", "line seek end", "line seek -3s", "line play 10", "wait 1", "save end",
        "line seek start", "line seek +3s", "line play -10", "wait 1", "save start"])
    assert "paused" in shots["end"].splitlines()[0] and clock(shots["end"])[11:17] == "00:02:"
    assert "paused" in shots["start"].splitlines()[0] and clock(shots["start"])[11:] <= "23:57:01"


def test_played_over_midnight_and_back(tmp_path, recorded):
    shots = play(tmp_path, recorded.dir, [
        "key Space", "line select A01", "line seek 23:59:57", "save before", "line play 5", "wait 2", "key Space",
        "save after", "line play -5", "wait 2", "key Space", "save again"])
    assert clock(shots["before"])[:10] == "2026-11-20" and clock(shots["after"])[:10] == "2026-11-21"
    assert clock(shots["again"]) < clock(shots["after"])
    # A sample a second, and each is the one of its second.
    for name in shots:
        day, at = clock(shots[name]).split()
        h, m, s = map(int, at.split(":"))
        second = ((h * 60 + m) * 60 + s + (1440 * 60 if day.endswith("21") else 0)) - (23 * 60 + 57) * 60
        assert seq_of(shots[name]) in (second - 1, second), name


def test_step_over_a_restart(tmp_path, recorded):
    """The sample before the first of the second boot is the last of the first."""
    shots = play(tmp_path, recorded.dir, [
        "key Space", "line select A02", "line seek 23:59:02.500", "save a", "key 6 , , ,", "save b", "key .", "save c"])
    assert seq_of(shots["a"]) in (1, 2)
    assert seq_of(shots["b"]) >= 118
    assert seq_of(shots["c"]) in (0, 119)


# ---- seek ----

@pytest.mark.parametrize("line, at", [
    ("seek next order", "23:57:50"), ("seek next gap", None), ("seek next event", None),
    ("seek next sample", None), ("seek 2026-11-21T00:01:00Z", "00:01:00"), ("seek 00:01:00", "00:01:00"),
    ("seek start", "23:57:00"), ("seek 100%", "00:02:59"), ("seek 25%", "23:58:29"),
])
def test_seek(tmp_path, recorded, line, at):
    shots = play(tmp_path, recorded.dir, ["key Space", "line seek start", "line " + line, "save a"])
    if at:
        assert clock(shots["a"])[11:] in (at, at[:-1] + str((int(at[-1]) + 1) % 10))
    assert "paused" in shots["a"].splitlines()[0]


def test_a_clock_is_of_the_day_that_has_it(tmp_path, recorded):
    """Behind midnight 23:58 is yesterday's, and before it 00:01 is tomorrow's."""
    shots = play(tmp_path, recorded.dir, [
        "key Space", "line seek 00:01:00", "save a", "line seek 23:58:00", "save b", "line seek 00:02:00",
        "line loop 23:58 23:59", "line play 100", "wait 1", "save c", "line loop 04:00 05:00", "save d"])
    assert clock(shots["a"]) == "2026-11-21 00:01:00"
    assert clock(shots["b"]) == "2026-11-20 23:58:00"
    assert "2026-11-20 23:58:00" <= clock(shots["c"]) <= "2026-11-20 23:59:01"
    assert "nothing is recorded between 04:00 and 05:00" in bottom(shots["d"])


def test_what_was_found_is_said(tmp_path, recorded):
    shots = play(tmp_path, recorded.dir, [
        "key Space", "line seek start", "line seek next order", "save order", "line seek next order", "save order2",
        "line seek start", "line seek next alarm", "save alarm", "line seek next command", "save command",
        "line seek next gap", "save gap", "line seek previous event", "save event", "key 6 }", "save next"])
    assert "order O1 assigned A01" in bottom(shots["order"])
    assert "order O1 delivered A01" in bottom(shots["order2"])
    assert bottom(shots["alarm"]).startswith(" alarm: ")
    assert re.search("command: (goto A01|takeoff A02) ", bottom(shots["command"]))
    assert "samples of B01 are lost" in bottom(shots["gap"])
    assert re.match(" (event|alarm): ", bottom(shots["event"]))
    assert re.match(" (event|alarm): ", bottom(shots["next"]))


@pytest.mark.parametrize("line, says", [
    ("seek banana", '"banana" is no time'), ("seek 140%", "0% to 100%"), ("seek next banana", "nothing to seek"),
    ("seek", "seek takes a time"), ("seek 25:99", "is no time"), ("play fast", "speed from 0.1 to 1000"),
    ("play 0", "speed from 0.1 to 1000"), ("loop 23:59 23:58", "the later one"), ("loop x y", '"x" is no time'),
    ("loop maybe", "loop takes on, off, or two times"), ("path", "path takes"), ("export", "takes"),
    ("pause now", "takes nothing"), ("live now", "takes nothing"),
])
def test_a_wrong_line_is_one_sentence(tmp_path, recorded, line, says):
    shots = play(tmp_path, recorded.dir, stand("line seek 23:58:00", "line " + line, "save a"), size="160x40")
    assert says in bottom(shots["a"]), bottom(shots["a"])
    assert clock(shots["a"]) == "2026-11-20 23:58:00"


# ---- marks ----

def test_marks_set_by_keys(tmp_path, recorded):
    shots = play(tmp_path, recorded.dir, [
        "key Space", "key 6", "line seek 23:58:10", "key [", "line seek 23:58:15", "key ]", "key o", "save marked",
        "line seek 23:58:12", "line play 20", "wait 2", "key Space", "save looped", "key x", "key o", "save none"])
    bar = shots["marked"].splitlines()[-2]
    assert "[" in bar and " loop" in shots["marked"]
    assert "2026-11-20 23:58:10" <= clock(shots["looped"]) <= "2026-11-20 23:58:15"
    assert "[" not in shots["none"].splitlines()[-2]


# ---- the line ----

def test_longer_and_shorter_time(tmp_path, recorded):
    shots = play(tmp_path, recorded.dir, [
        "key Space", "key 6", "line seek 23:59:00", "save all", "key + +", "save two", "key -", "save one", "key 0",
        "save again"])
    title = {k: next(x for x in v.splitlines() if "TIMELINE" in x) for k, v in shots.items()}
    assert "6 min" in title["all"] and "6 min" in title["again"]
    assert "90 s" in title["two"] and "3 min" in title["one"]
    for k, v in shots.items():
        assert "00:00:00 00:00:00" not in re.sub(r"\s+", " ", v), k


def test_gaps_and_orders_on_the_line(tmp_path, recorded):
    """The twenty seconds without B01 are marked; so is each order."""
    shots = play(tmp_path, recorded.dir, stand("line select B01", "line seek 00:01:30", "save a"), size="200x60")
    assert "order O1 delivered, from Harbour" in shots["a"]
    spark = next(line for line in shots["a"].splitlines() if "hgt" in line)
    assert spark.count("\u00b7") >= 3, spark


def test_nothing_between_two_samples_is_made_up(tmp_path, recorded):
    """In A01's hole the sample before it stays, and grows old."""
    shots = play(tmp_path, recorded.dir, [
        "key Space", "line select A01", "line seek 23:58:29.900", "save a", "line seek 23:58:36", "save b",
        "line seek 23:58:41.500", "save c"], size="120x40")
    assert seq_of(shots["a"]) in (88, 89) and seq_of(shots["b"]) == 89 and seq_of(shots["c"]) >= 100
    assert re.search(r"A01 [~?X!-] .* [5-9]s$", row_of(shots["b"], "A01").rstrip())
    spark = next(line for line in shots["c"].splitlines() if "hgt" in line)
    assert "\u00b7" in spark


# ---- in and out ----

def test_r_goes_live_and_back_to_the_same_moment(tmp_path, recorded):
    shots = play(tmp_path, recorded.dir, [
        "key Space", "line seek 23:58:20", "line select A02", "key R", "wait 0.5", "save live", "key R", "save back",
        "line live", "wait 0.3", "save line"])
    assert "REPLAY" not in shots["live"].splitlines()[0]
    assert clock(shots["back"]) == "2026-11-20 23:58:20"
    assert ">A02" in shots["back"]
    assert "REPLAY" not in shots["line"].splitlines()[0]


@pytest.mark.parametrize("key", ["a", "A"])
def test_no_alarm_is_acknowledged_in_the_past(tmp_path, recorded, key):
    shots = play(tmp_path, recorded.dir, [
        "key Space", "line seek 23:58:45", "key 4 " + key, "save a"])
    assert "past" in bottom(shots["a"])
    assert "UNACKED" in shots["a"].upper()


def test_it_cannot_be_mistaken(tmp_path, recorded):
    """In every size: word, place in time, and no colour of live."""
    for size in ("60x20", "80x24", "120x40", "200x60"):
        shots = play(tmp_path, recorded.dir, stand("line seek 23:58:00", "save a"), size=size)
        first = shots["a"].splitlines()[0]
        assert first.startswith(" REPLAY paused") and "LIVE" not in first and "23:58:00" in first, size


def test_by_hand_in_a_terminal(tmp_path, recorded):
    """As an operator types it, at 80x24: keys come one by one, and nothing has to be waited for."""
    with Terminal(tmp_path, "replay", "--history", recorded.dir, cols=80, rows=24) as t:
        t.wait_for("REPLAY")
        t.send(" 6")
        t.wait_for("REPLAY paused")
        t.send(":seek next gap\r")
        t.wait_for("are lost")
        t.send("}")
        t.wait_for(" alarm: A01 ")
        t.send("{")
        t.wait_for("REPLAY paused")
        t.send(":seek 40%\r")
        t.wait_for("23:59:23")
        t.send("[llllll]o ")
        t.wait_for("loop", "playing")
        t.send(" R")
        t.wait_gone("REPLAY")
        t.send("R")
        t.wait_for("REPLAY paused")
        t.send(":q\r")
        assert t.end() == 0


def test_snap_is_the_screen(tmp_path, recorded):
    shots = play(tmp_path, recorded.dir, stand("line seek 23:58:00", "line snap s.txt", "wait 0.3", "line snap /nonexistent/x", "save a"))
    text = (tmp_path / "s.txt").read_text()
    assert text.startswith(" REPLAY paused") and len(text.splitlines()) == 40
    assert "/nonexistent/x cannot be written" in bottom(shots["a"])


def test_export_without_marks_is_what_the_line_shows(tmp_path, recorded):
    play(tmp_path, recorded.dir, [
        "key Space", "line select A02", "line seek 23:59:00", "key 6 0", "wait 0.3", "line export all.csv", "wait 0.3",
        "save a"])
    rows = (tmp_path / "all.csv").read_text().splitlines()
    want = sum(len(v) for k, v in recorded.sent.items() if k[0] == "A02")
    assert abs(len(rows) - 1 - want) <= 2


def test_a_hole_is_in_the_profile(tmp_path, recorded):
    """A01's samples 90 to 99 are lost: there the profile has dots, and no bars."""
    shots = play(tmp_path, recorded.dir, [
        "key Space", "line seek 00:01:00", "line select A01", "line path A01", "save a", "line path off", "save b"],
        size="120x40")
    foot = next(line for line in shots["a"].splitlines() if re.search("\u2502    0 ", line))
    assert re.search("[\u2581-\u2588]\u00b7[\u2581-\u2588]", foot), foot
    assert "height m 1" in shots["a"] and "height m 1" not in shots["b"]
