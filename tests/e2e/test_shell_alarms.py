"""odyssey alarms, ack, shelve, unshelve."""
import fcntl
import json
import os
import pty
import pwd
import re
import socket
import struct
import termios
import time

import pytest

from alarm_helpers import flying, low, no_plan, wait_told
from programs import ODYSSEY, clean_environment, run
from wire import wait_for

WHO = "%s@%s" % (pwd.getpwuid(os.geteuid()).pw_name, socket.gethostname())


@pytest.fixture
def shell(fake, daemon, watch):
    """(source, daemon, watcher, a function that runs a command against it)."""
    def start(drones=("F01", "F02")):
        src = fake(drones=drones)
        src.on_any = no_plan
        d = daemon(sources=[src])
        w = watch(d)
        d.wait_up(src)
        # Who subscribes hears what is sent from a moment later on.
        w.wait(1, "hb")

        def command(*args):
            return run([ODYSSEY, args[0], "--connect", "%s,%s" % (d.feed, d.control), *args[1:]], d.place)
        return src, d, w, command
    return start


def test_a_table_by_importance(shell):
    src, d, w, command = shell()
    code, out, err = command("alarms")
    assert (code, out) == (0, "") and "none stands" in err
    low(src, "F01")
    wait_told(w, ["raised"], drone="F01")
    for _ in range(4):
        flying(src, "F02", battery=50)
    wait_told(w, ["raised"], "battery-critical")
    d.ask("ack", drone="F01", by="ann@tower")
    wait_told(w, ["raised", "acked"], drone="F01")
    code, out, err = command("alarms")
    rows = out.splitlines()
    assert code == 0 and err == ""
    assert rows[0].split() == ["LEVEL", "DRONE", "RULE", "AGE", "TIMES", "STATE", "ID", "TEXT"]
    assert [re.split(r"  +", r)[:3] for r in rows[1:]] == [
        ["critical", "F02", "battery-critical"], ["warning", "F02", "battery-low"],
        ["warning", "F01", "battery-low"]]
    assert re.search(r" \d+ s +1 +acked by ann@tower +F01\.\w+ +battery 14\.2 %", rows[3])
    # All columns begin where their titles do.
    for title in ("DRONE", "RULE", "STATE", "ID", "TEXT"):
        at = rows[0].index(title)
        assert all(r[at - 1] == " " and r[at] != " " for r in rows[1:]), title
    assert command("alarms", "--drone", "F01")[1].count("\n") == 2
    ids = command("alarms", "--ids")[1].split()
    assert ids == [a["id"] for a in d.ask("alarms")["alarms"]]
    got = [json.loads(l) for l in command("alarms", "--json")[1].splitlines()]
    assert got == d.ask("alarms")["alarms"]


def test_ended_only_where_asked_for(shell):
    src, d, w, command = shell()
    low(src)
    [al] = wait_told(w, ["raised"])
    assert command("ack", al["id"])[:2] == (0, "%s: 1 acknowledged\n" % al["id"])
    flying(src, battery=500)
    wait_told(w, ["raised", "acked", "cleared"])
    assert command("alarms")[1] == ""
    assert "cleared" in command("alarms", "--all")[1]


def test_answers(shell):
    src, d, w, command = shell()
    low(src, "F01")
    low(src, "F02")
    one = wait_told(w, ["raised"], drone="F01")[0]["id"]
    two = wait_told(w, ["raised"], drone="F02")[0]["id"]
    assert command("ack", "F01")[:2] == (0, "F01: 1 acknowledged\n")
    assert wait_told(w, ["raised", "acked"], drone="F01")[-1]["by"] == WHO
    code, out, err = command("ack", one)
    assert code == 1 and out == "" and "acknowledged already, by %s" % WHO in err
    assert command("ack", "--all")[:2] == (0, "all: 1 acknowledged\n")
    assert command("ack", "--all", "--json")[:2] == (0, '{"acknowledged":0}\n')
    code, out, _ = command("shelve", one, two, "--for", "10m", "--why", "known, the pad is wet")
    assert code == 0 and re.fullmatch(r"(F0[12]\.\w+: shelved until 20\S+Z\n){2}", out)
    out = command("alarms")[1]
    assert out.count("shelved by %s, 10 min left: known, the pad is wet" % WHO) == 2
    assert command("unshelve", one)[:2] == (0, "%s: raised\n" % one)
    code, out, err = command("unshelve", one, two)
    assert code == 1 and out == "%s: raised\n" % two and "is neither shelved nor out of service" in err
    got = json.loads(command("shelve", one, "--for", "90s", "--why", "x", "--json")[1])
    assert got["state"] == "shelved" and got["id"] == one


@pytest.mark.parametrize("columns", [80, 60, 132])
def test_it_fits_the_terminal(shell, place, columns):
    """No line is longer than the terminal is wide, and none ends within a word."""
    src, d, w, command = shell(drones=["F%02d" % i for i in range(12)])
    for name in src.drones:
        low(src, name)
    wait_told(w, ["raised"], "flood")
    one = wait_told(w, ["raised"], drone="F03")[0]["id"]
    assert command("shelve", one, "--for", "10m", "--why", "known to all of us: the pad is wet after the rain")[0] == 0
    shown = on_terminal(place, columns, "alarms", "--connect", "%s,%s" % (d.feed, d.control))
    lines = shown.splitlines()
    assert max(map(len, lines)) <= columns and not any(l.endswith(" ") for l in lines)
    words = shown.split()
    for word in ("LEVEL", "DRONE", "RULE", "AGE", "STATE", "TEXT", "F03", one, "battery-low", WHO + ",", "shelved",
                 "rain", "14.2", "flood:"):
        assert word in words, (word, shown)
    # Each row has its drone, level, rule, age and state in one line, or what is below it.
    row = next(i for i, l in enumerate(lines) if l.startswith("warning") and "F05" in l)
    assert lines[row].split()[:3] == ["warning", "F05", "battery-low"]
    assert "raised" in " ".join(lines[row:row + 2]) and "battery 14.2 %" in " ".join(lines[row:row + 3])


def on_terminal(place, columns, *args):
    """What a command shows on a terminal that wide, without colours."""
    pid, fd = pty.fork()
    if pid == 0:
        time.sleep(0.2)  # the size is set from outside
        os.chdir(place)
        os.execve(ODYSSEY, [ODYSSEY, *args], {**clean_environment(place), "NO_COLOR": "1", "TERM": "xterm"})
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    shown = b""
    try:
        while data := os.read(fd, 65536):
            shown += data
    except OSError:
        pass
    os.close(fd)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    return shown.decode().replace("\r\n", "\n")


def test_out_of_service(shell, place):
    """All the alarms of a drone that is lost, at one word; and back."""
    with open("%s/odyssey.conf" % place, "w", encoding="utf-8") as f:
        f.write("[fleet]\nstale_s = 1\nlost_s = 2\n")
    src, d, w, command = shell()
    low(src, "F01")
    wait_told(w, ["raised"], drone="F01")
    code, out, err = command("shelve", "F01", "--out-of-service", "--why", "crashed")
    assert code == 1 and out == "" and "which is there" in err
    wait_told(w, ["raised"], "lost", "F01")
    code, out, _ = command("shelve", "F01", "--out-of-service", "--why", "crashed, collected")
    assert code == 0 and re.fullmatch(r"(F01\.\w+: out of service until F01 is heard again\n){2,3}", out)
    assert "out of service by %s: crashed, collected" % WHO in command("alarms")[1]
    code, _, err = command("shelve", "F01", "--out-of-service", "--why", "crashed")
    assert code == 1 and "there is no drone F01 with an alarm that stands" in err
    assert command("unshelve", "F01")[0] == 0
    assert "out of service" not in command("alarms")[1]


@pytest.mark.parametrize("args, text", [
    (["ack"], "it needs an alarm, a drone or --all"),
    (["ack", "--all", "F01"], "--all acknowledges all"),
    (["ack", ""], "is neither an alarm nor a drone"),
    (["shelve", "a.b", "--why", "x"], "it needs an end: --for TIME"),
    (["shelve", "a.b", "--for", "soon", "--why", "x"], '"soon" is not'),
    (["shelve", "a.b", "--for", "10m"], "it needs a reason"),
    (["shelve", "a.b", "--for", "10m", "--why", ""], "it needs a reason"),
    (["shelve", "a.b", "--for", "10m", "--out-of-service", "--why", "x"], "out of service has no end"),
    (["shelve", "--for", "10m", "--why", "x"], "it needs an alarm's id, or a drone's"),
    (["unshelve"], "it needs an alarm's id, or a drone's"),
    (["unshelve", "x" * 65], "is neither an alarm nor a drone"),
    (["alarms", "F01"], "takes no operand"),
    (["alarms", "--drone", "a b"], "is no drone's id"),
])
def test_what_cannot_be_right_is_said_before_anybody_is_asked(place, args, text):
    code, out, err = run([ODYSSEY, *args], place)
    assert code == 2 and out == "" and text in err and err.count("\n") <= 2


@pytest.mark.parametrize("args, text", [
    (["ack", "F99"], "there is no drone F99"),
    (["ack", "F01.nothing"], "no alarm F01.nothing stands"),
    (["shelve", "F01.nothing", "--for", "10m", "--why", "x"], "no alarm F01.nothing stands"),
    (["shelve", "F01.nothing", "--for", "2d", "--why", "x"], "no alarm F01.nothing stands"),
    (["unshelve", "F01.nothing"], "no alarm F01.nothing stands"),
])
def test_what_the_daemon_refuses(shell, args, text):
    src, _, w, command = shell()
    flying(src)
    wait_for(lambda: w.samples("F01"), "the drone")
    code, out, err = command(*args)
    assert code == 1 and out == "" and text in err


def test_nobody_there(place):
    code, out, err = run([ODYSSEY, "alarms", "--connect", "ipc://%s/nobody" % place], place)
    assert code == 1 and out == "" and "nobody answers" in err


def test_a_simulator_has_no_alarms(sim):
    s = sim("--drones", 1, "--idle")
    code, out, err = run([ODYSSEY, "alarms", "--connect", "%s,%s" % (s.feed, s.control)], ".")
    assert code == 1 and out == "" and "daemon" in err


def test_a_flood_is_said_by_rule(shell):
    drones = ["F%02d" % i for i in range(12)]
    src, d, w, command = shell(drones)
    for name in drones:
        low(src, name)
    wait_told(w, ["raised"], "flood")
    out = command("alarms")[1]
    assert "flood: more than 10 alarms in 10 minutes; what stands, by rule: 12 battery-low, 1 flood\n" in out
    assert '"flood"' not in command("alarms", "--json")[1].splitlines()[0]
