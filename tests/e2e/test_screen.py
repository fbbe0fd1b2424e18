"""The screen on a terminal, against a source that does what a test wants."""
import os
import shutil
import signal
import subprocess
import time

import pytest

from screen_helpers import Terminal
from shell_helpers import ARMED, BUILD, IN_AIR, ODYSSEY, POSITION, Source, environment, flying, run


def fleet(n=4):
    start = time.time()

    def one(i):
        def sample(t):
            return flying(t, seq=int((time.time() - start) * 10) + 1, lat=471410000 + i * 9000,
                          lon=95209000 + i * 7000, height=6000 + i * 100,
                          flags=ARMED | IN_AIR | POSITION)
        return sample
    return {f"D{i:02}": one(i) for i in range(1, n + 1)}


@pytest.fixture
def source(tmp_path):
    with Source(tmp_path, fleet()) as s:
        yield s


def connect(source):
    return "--connect", f"{source.feed},{source.control}"


def obey(source, *stages):
    def on_command(request):
        for i, stage in enumerate(stages):
            source.stage(request, stage, after=0.1 + 0.2 * i)
        return {"ok": True, "stage": "accepted"}
    source.on_command = on_command


@pytest.mark.parametrize("cols,rows,term", [
    (80, 24, "xterm-256color"), (120, 40, "tmux-256color"), (200, 60, "xterm"), (80, 24, "linux"),
    (80, 24, "vt100"), (100, 30, "screen"), (120, 40, "xterm-kitty"), (40, 10, "xterm-256color"),
])
def test_sizes_and_terminals(tmp_path, source, cols, rows, term):
    with Terminal(tmp_path, *connect(source), cols=cols, rows=rows, term=term) as t:
        text = t.wait_for("LIVE", "FLEET 4", "D01", "D04", "GOTO")
        if cols >= 80:
            assert "MAP" in text and (":q quit" in text or "knows no terminal" in text)
        if term == "xterm-kitty" and "knows no terminal" not in text:
            assert os.path.exists("/usr/share/terminfo/x/xterm-kitty") or \
                os.path.exists("/lib/terminfo/x/xterm-kitty")
        t.send(":q\r")
        assert t.end() == 0
        assert b"\x1b[?1049l" in t.raw or term in ("vt100", "linux", "screen")


def test_hold_is_two_keys_and_followed_to_its_end(tmp_path, source):
    obey(source, "accepted", "active", "done")
    with Terminal(tmp_path, *connect(source)) as t:
        t.wait_for(">D01")
        t.send("H")
        t.wait_for("CONFIRM", "hold D01", "[y] send")
        assert not source.of("command")
        t.send("y")
        t.wait_for("D01 hold: done")
        command, = source.of("command")
        assert (command["drone"], command["cmd"], command["args"]) == ("D01", "hold", {})
        assert command["expires"] > time.time() * 1000


def test_a_line_with_coordinates(tmp_path, source):
    obey(source, "accepted")
    with Terminal(tmp_path, *connect(source)) as t:
        t.wait_for(">D01")
        t.send(":goto D03 47°09'04\"N 9°31'18\"E 60\r")
        t.wait_for("goto D03", "47.15111 N 9.52167 E", "60 m above home")
        t.send("y")
        t.wait_for("D03 goto: accepted")
        args = source.of("command")[0]["args"]
        assert abs(args["lat"] - 47.151111) < 1e-5 and args["height"] == 60


@pytest.mark.parametrize("line", ["goto D99 47.15 9.53 80", "rtl D99", "goto D01 D99 47.15 9.53 80"])
def test_a_drone_that_is_not_there_is_named(tmp_path, source, line):
    """It is not taken for a position, nor the selected drone for it."""
    with Terminal(tmp_path, *connect(source)) as t:
        t.wait_for(">D01")
        t.send(":" + line + "\r")
        t.wait_for('there is no drone "D99"')
        t.send("y")
        time.sleep(0.5)
        assert not source.of("command")


@pytest.mark.parametrize("keys", [
    ":hold D02\ry", "Hy", "H\r", "H\r\r\ry", ":hold D02\r\ry", "H\x1b[200~y\x1b[201~",
    ":\x1b[200~hold D02\ny\x1b[201~", "HY",
])
def test_what_is_typed_ahead_never_sends(tmp_path, source, keys):
    with Terminal(tmp_path, *connect(source)) as t:
        t.wait_for(">D01")
        t.send(keys)
        t.read(1.5)
        assert not source.of("command")


def test_read_only_and_replay_send_nothing(tmp_path, source):
    with Terminal(tmp_path, *connect(source), "--read-only") as t:
        t.wait_for("READ-ONLY", ">D01")
        t.send("H")
        t.wait_for("read-only: nothing is sent")
        t.send("y")
        t.read(0.5)
    with Source(tmp_path, fleet(), name="past", kind="replay") as past, \
            Terminal(tmp_path, *connect(past)) as t:
        t.wait_for("REPLAY", "commands locked", ">D01")
        t.send("B")
        t.wait_for("this is a replay")
        t.send("y")
        t.read(0.5)
        assert not past.of("command")
    assert not source.of("command")


def test_no_answer_is_unknown(tmp_path, source):
    source.on_command = lambda request: None
    with Terminal(tmp_path, *connect(source), ODYSSEY_COMMAND_ANSWER_S="0.5") as t:
        t.wait_for(">D01")
        t.send("H")
        t.wait_for("CONFIRM", "[y] send")
        t.read(0.3)
        t.send("y")
        t.wait_for("D01 hold: unknown", "UNKNOWN")


def test_a_drone_falls_silent(tmp_path, source):
    with Terminal(tmp_path, *connect(source)) as t:
        t.wait_for("4 ok")
        source.drones.pop("D02")
        t.wait_for("1 lost", "? LOST", "no telemetry for")


def test_the_source_goes_and_comes_back(tmp_path):
    with Source(tmp_path, fleet()) as s:
        t = Terminal(tmp_path, *connect(s))
        with t:
            t.wait_for("LIVE", "4 ok")
            s.__exit__()
            text = t.wait_for("NO LINK since", "D01")
            assert "LIVE" not in text
            t.send("H")
            t.wait_for("there is no link")
            with Source(tmp_path, fleet()):
                t.wait_for("LIVE", "4 ok", timeout=20)


def test_resize(tmp_path, source):
    with Terminal(tmp_path, *connect(source)) as t:
        t.wait_for("FLEET 4")
        for cols, rows in ((80, 24), (20, 5), (3, 2), (200, 60), (120, 40)):
            t.resize(cols, rows)
            t.read(0.3)
        t.wait_for("FLEET 4", "COMMANDS")
        assert "LIVE" in t.screen.display[0]


@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_told_to_end(tmp_path, source, sig):
    with Terminal(tmp_path, *connect(source)) as t:
        t.wait_for("LIVE")
        os.kill(t.pid, sig)
        assert t.end() == 128 + sig
        assert b"\x1b[?1049l" in t.raw and b"\x1b[?2004l" in t.raw


@pytest.mark.skipif("asan" in str(BUILD) or "tsan" in str(BUILD), reason="the sanitizer takes it")
@pytest.mark.parametrize("sig", [signal.SIGSEGV, signal.SIGABRT])
def test_a_crash_gives_the_terminal_back(tmp_path, source, sig):
    with Terminal(tmp_path, *connect(source)) as t:
        t.wait_for("LIVE")
        os.kill(t.pid, sig)
        assert t.end() == -sig
        assert b"\x1b[?1049l" in t.raw


def test_hang_up_ends_it(tmp_path, source):
    with Terminal(tmp_path, *connect(source)) as t:
        t.wait_for("LIVE")
        t.hang_up()
        assert t.end(5) == 128 + signal.SIGHUP


def test_a_stalled_terminal_costs_nothing(tmp_path, source):
    with Terminal(tmp_path, *connect(source)) as t:
        t.wait_for("LIVE", "4 ok")
        before = t.cpu_seconds()
        time.sleep(4)
        assert t.cpu_seconds() - before < 0.6
        t.wait_for("LIVE", "4 ok", timeout=5)
        assert b"STALLED" in t.raw
        t.send(":q\r")
        assert t.end() == 0


def test_stalled_and_told_to_end(tmp_path, source):
    with Terminal(tmp_path, *connect(source)) as t:
        t.wait_for("LIVE")
        time.sleep(1)
        os.kill(t.pid, signal.SIGTERM)
        end = time.monotonic() + 5
        while time.monotonic() < end and not t.status:
            pid, status = os.waitpid(t.pid, os.WNOHANG)
            t.status = os.waitstatus_to_exitcode(status) if pid else None
            time.sleep(0.05)
        assert t.status == 143


def test_a_terminal_that_never_answers(tmp_path, source):
    obey(source, "accepted", "active", "done")
    with Terminal(tmp_path, *connect(source), answers=False) as t:
        t.wait_for("LIVE", "4 ok")
        t.send("H")
        t.wait_for("[y] send")
        t.read(1)
        t.send("y")
        t.wait_for("D01 hold: done")


def test_split_bytes(tmp_path, source):
    with Terminal(tmp_path, *connect(source)) as t:
        t.wait_for(">D01")
        t.send(":")
        for byte in "go Zürich €".encode():
            t.send(bytes([byte]))
            t.read(0.02)
        t.wait_for(":go Zürich €")
        t.send("\x1b")
        t.wait_gone(":go Zürich")
        t.send("\x1b[B")
        t.wait_for(">D02")


def test_the_history_is_kept_and_private(tmp_path, source):
    with Terminal(tmp_path, *connect(source)) as t:
        t.wait_for(">D01")
        t.send(":sort battery\r")
        t.wait_for("battery ▼")
        os.kill(t.pid, signal.SIGKILL)
        t.end()
    path = tmp_path / "state" / "odyssey" / "commands"
    assert path.read_text() == "sort battery\n"
    assert path.stat().st_mode & 0o777 == 0o600


def test_wrong_starts(tmp_path):
    no_tty = run(tmp_path)
    assert no_tty.returncode == 1 and "odyssey tail" in no_tty.stderr and not no_tty.stdout
    assert run(tmp_path, "--colour", "8").returncode == 2
    assert run(tmp_path, "--color", "9").returncode == 2
    assert run(tmp_path, "--help").returncode == 0
    with Terminal(tmp_path, "--connect", f"ipc://{tmp_path}/none", term="dumb") as t:
        t.read(1)
        assert t.end() == 1 and b"dumb" in t.raw


def test_no_colour(tmp_path, source):
    with Terminal(tmp_path, *connect(source), NO_COLOR="1") as t:
        t.wait_for("LIVE", "4 ok")
        assert b"[38;5" not in t.raw and b"[48;5" not in t.raw and b"[3" not in t.raw.split(b"LIVE")[1][:0]


def test_a_script_without_a_terminal(tmp_path, source):
    script = tmp_path / "script"
    script.write_text("size 120x40\nwait 1.5\nkey 2 j j\nwait 0.3\nsave a.txt\nline nonsense\nwait 0.2\nsave b.txt\n")
    done = run(tmp_path, *connect(source), "--script", script)
    assert done.returncode == 0, done.stderr
    assert ">D03" in (tmp_path / "a.txt").read_text()
    assert 'there is no command "nonsense"' in (tmp_path / "b.txt").read_text()


def test_it_starts_a_daemon(tmp_path, source):
    config = tmp_path / "odyssey.conf"
    config.write_text(f"[daemon]\nname = site\nfeed = ipc://{tmp_path}/d\ncontrol = ipc://{tmp_path}/d.c\n"
                      f"[source fake]\nfeed = {source.feed}\ncontrol = {source.control}\n")
    config.chmod(0o600)
    try:
        with Terminal(tmp_path, "--config", config) as t:
            t.wait_for("started a daemon", timeout=20)
            t.wait_for("LIVE", "site", "4 ok", timeout=20)
            t.send(":q\r")
            assert t.end() == 0
        # It goes on, and the next screen finds it.
        with Terminal(tmp_path, "--config", config) as t:
            assert "started" not in t.wait_for("LIVE", "4 ok")
    finally:
        stopped = run(tmp_path, "stop", "--config", config)
    assert stopped.returncode == 0, stopped.stderr


@pytest.mark.skipif(not shutil.which("tmux"), reason="no tmux")
@pytest.mark.parametrize("cols,rows", [(80, 24), (120, 40), (200, 60)])
def test_in_tmux(tmp_path, source, cols, rows):
    env = environment(tmp_path, ODYSSEY_MAPS="")
    tmux = ["tmux", "-S", str(tmp_path / "tmux"), "-f", "/dev/null"]
    subprocess.run([*tmux, "new-session", "-d", "-x", str(cols), "-y", str(rows),
                    f"TERM=tmux-256color {ODYSSEY} {' '.join(connect(source))}; sleep 60"],
                   check=True, env=env, cwd=tmp_path)
    try:
        end = time.monotonic() + 15
        shown = ""
        while time.monotonic() < end and "4 ok" not in shown:
            time.sleep(0.2)
            shown = subprocess.run([*tmux, "capture-pane", "-p"], check=True, capture_output=True,
                                   text=True, env=env).stdout
        assert "LIVE" in shown and "FLEET 4" in shown and "D04" in shown
        assert all(len(line) <= cols for line in shown.splitlines())
    finally:
        subprocess.run([*tmux, "kill-server"], env=env, check=False)


def test_an_answer_without_a_feed_is_no_link(tmp_path, source):
    with Source(tmp_path, {}, name="other") as other, \
            Terminal(tmp_path, "--connect", f"ipc://{tmp_path}/nobody,{other.control}") as t:
        t.wait_for("NO LINK since", timeout=10)
        for _ in range(6):
            t.read(0.5)
            assert "NO LINK since" in t.text()
