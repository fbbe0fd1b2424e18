"""A served past on another screen: its clock and its ages are the playhead's, at any pace."""
import re

from replay_history import BEGIN_MS, recorded  # noqa: F401
from shell_helpers import run
from test_replay_screen import row_of
from test_replay_serve import Replay, iso, wait_end

SPEED = 20


def watch_screen(tmp_path, r, steps):
    """The screens by their names in steps."""
    names = [s[5:] for s in steps if s.startswith("save ")]
    (tmp_path / "script").write_text("size 120x40\n" + "\n".join(
        "save %s/%s.txt" % (tmp_path, s[5:]) if s.startswith("save ") else s for s in steps) + "\n")
    done = run(tmp_path, "screen", "--connect", "%s,%s" % (r.feed, r.control), "--script", "script", ODYSSEY_MAPS="")
    assert done.returncode == 0, done.stderr
    return {n: (tmp_path / (n + ".txt")).read_text() for n in names}


def second_of(screen):
    h, m, s = map(int, re.search(r"(\d\d):(\d\d):(\d\d)Z", screen.splitlines()[0]).groups())
    return ((h * 60 + m) * 60 + s - BEGIN_MS // 1000) % 86400


def test_the_clock_is_the_playheads(tmp_path, recorded, place, opened):
    """The battery falls by a tenth of a per cent a second: what it shows is the time of the sample."""
    r = Replay(place, recorded.dir, "--speed", str(SPEED), iso(recorded.at(30)))
    opened.append(r)
    shots = watch_screen(tmp_path, r, ["wait 4", "save a", "wait 4", "save b"])
    for screen in shots.values():
        battery = int(re.search(r"A02\s+\S+\s+\d+\s+(\d+)", row_of(screen, "A02")).group(1))
        # What lies between two heartbeats is reckoned.
        assert abs(second_of(screen) - (100 - battery) * 10) <= 2 * SPEED, screen
    assert second_of(shots["b"]) - second_of(shots["a"]) >= 3 * SPEED


def test_at_the_end_it_stands(tmp_path, recorded, place, opened):
    """Nothing grows old where time stands, and what was silent then is silent still."""
    r = Replay(place, recorded.dir, "--speed", "1000", iso(recorded.at(300)))
    opened.append(r)
    wait_end(r, recorded)
    shots = watch_screen(tmp_path, r, ["wait 6", "save a"])
    assert "00:02:59Z" in shots["a"].splitlines()[0]
    assert " stale" not in shots["a"] and "LOST" not in shots["a"]
