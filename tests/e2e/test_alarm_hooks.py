"""[notify]: a program run at each alarm, whatever it does to us."""
import json
import os
import pathlib
import re
import time

import pytest

from alarm_helpers import flying, low, no_plan, standing, wait_told
from programs import ODYSSEY, run
from wire import wait_for


@pytest.fixture
def hooked(place, fake, daemon, watch):
    """A daemon whose hook is a shell script in a directory of its own."""
    def start(script, more="", drones=("F01",), **env):
        hook = pathlib.Path(place, "hook")
        hook.write_text("#!/bin/sh\ncd '%s'\n%s\n" % (place, script))
        hook.chmod(0o700)
        src = fake(drones=drones)
        src.on_any = no_plan
        conf = pathlib.Path(place, "hooks.conf")
        conf.write_text("[notify]\nrun = %s\n%s" % (hook, more))
        d = daemon("--config", conf, sources=[src], **env)
        w = watch(d)
        d.wait_up(src)
        # Who subscribes hears what is sent from a moment later on.
        w.wait(1, "hb")
        return src, d, w
    return start


def lines(place, name="out"):
    path = pathlib.Path(place, name)
    return [json.loads(l) for l in path.read_text().splitlines()] if path.exists() else []


def said(w):
    return [m.value["text"] for m in w.of("ev") if "[notify]" in m.value["text"]]


def children(d):
    """(process id, state) of every child of the daemon but the warden that ends its hooks."""
    got = []
    for p in pathlib.Path("/proc").iterdir():
        try:
            head, _, rest = p.joinpath("stat").read_text().rpartition(")")
            fields = rest.split()
        except OSError:
            continue
        if p.name.isdigit() and int(fields[1]) == d.process.pid and not head.endswith("(odyssey-hooks"):
            got.append((int(p.name), fields[0]))
    return got


def test_each_change_is_told(place, hooked):
    """In their order, though four hooks may run at once and the first takes the longest."""
    src, d, w = hooked("env > env.$$; read -r l; case $l in *raised*) sleep 0.5;; *acked*) sleep 0.2;; esac;"
                       " echo \"$l\" >> out", ODYSSEY_SECURITY_SECRET_KEY="")
    low(src)
    [al] = wait_told(w, ["raised"])
    d.ask("ack", id_=al["id"], by="ann")
    flying(src, battery=500)
    wait_told(w, ["raised", "acked", "cleared"])
    wait_for(lambda: len(lines(place)) == 3, "the hook")
    assert lines(place) == [m.value for m in w.of("al")]
    wait_for(lambda: children(d) == [], "no child left, not even a dead one")
    environments = [p.read_text() for p in pathlib.Path(place).glob("env.*")]
    assert len(environments) == 3
    for text in environments:
        assert "ODYSSEY_" not in text and "PATH=" in text
    assert said(w) == []


@pytest.mark.parametrize("script", [
    "sleep 1000 & echo $$ >> pids; cat > /dev/null; wait",
    "trap '' TERM; sleep 1000 & echo $$ >> pids; cat > /dev/null; wait; sleep 1000",
])
def test_a_daemon_that_is_killed_leaves_no_hook(place, hooked, script):
    src, d, w = hooked(script, "timeout_s = 600\n", drones=("F01", "F02"))
    low(src, "F01")
    low(src, "F02")
    pids = pathlib.Path(place, "pids")
    wait_for(lambda: pids.exists() and len(pids.read_text().split()) == 2, "two hooks")
    groups = [int(p) for p in pids.read_text().split()]
    assert all(in_group(g) for g in groups)
    d.kill()
    wait_for(lambda: not any(in_group(g) for g in groups), "nothing left of them")


def in_group(group):
    """Whether a process of that group lives."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_below_the_level_nothing_is_run(place, hooked):
    src, d, w = hooked("cat >> out", "level = critical\n")
    low(src)
    wait_told(w, ["raised"])
    for _ in range(4):
        flying(src, battery=40)
    wait_told(w, ["raised"], "battery-critical")
    wait_for(lambda: lines(place), "the hook")
    assert {l["rule"] for l in lines(place)} == {"battery-critical"}
    assert standing(d)


@pytest.mark.parametrize("script, more, text", [
    ("cat > /dev/null; exit 7", "", "has failed: it ended with 7"),
    ("kill -SEGV $$", "", "has failed: it was ended by signal 11"),
    ("sleep 100", "timeout_s = 0.3\n", "it took longer than 0.3 s and was ended"),
    ("trap '' TERM INT HUP; while true; do sleep 100; done", "timeout_s = 0.3\n",
     "it took longer than 0.3 s and was ended"),
])
def test_a_hook_that_fails_is_an_event_and_no_more(hooked, script, more, text):
    src, d, w = hooked(script, more)
    low(src)
    wait_told(w, ["raised"])
    wait_for(lambda: said(w), "the event")
    assert text in said(w)[0]
    wait_for(lambda: children(d) == [], "no child left")
    # Nobody is told a second time within the minute, and nothing else suffers.
    flying(src, battery=500)
    wait_told(w, ["raised", "returned"])
    before = len(w.samples())
    for _ in range(50):
        flying(src, battery=500)
    wait_for(lambda: len(w.samples()) >= before + 50, "samples")
    assert len(said(w)) == 1
    assert d.running()


def test_no_such_program(place, fake, daemon, watch):
    """It is said before there is any alarm, and again where one could not be told."""
    src = fake()
    src.on_any = no_plan
    conf = pathlib.Path(place, "hooks.conf")
    conf.write_text("[notify]\nlevel = watch\nrun = %s/nothing\n" % place)
    missing = "%s:3: [notify] run: %s/nothing is not there; put it there, or name another" % (conf, place)
    code, out, _ = run([ODYSSEY, "check", "--config", conf, "--state", place + "/s"], place)
    assert code == 1 and "wrong  notify: " + missing + "\n" in out
    d = daemon("--config", conf, sources=[src])
    d.wait_log(re.escape("warning " + missing))
    w = watch(d)
    d.wait_up(src)
    low(src)
    wait_told(w, ["raised"])
    wait_for(lambda: said(w), "the event")
    assert "it cannot be run: No such file or directory" in said(w)[0]
    assert d.log.count(missing) == 1


def test_a_program_that_may_not_be_run_is_said_in_the_background_too(place):
    conf, hook = pathlib.Path(place, "hooks.conf"), pathlib.Path(place, "hook")
    hook.write_text("#!/bin/sh\n")
    hook.chmod(0o600)
    conf.write_text("[notify]\nrun = %s\n" % hook)
    args = ["--config", conf, "--state", place + "/s"]
    code, _, err = run([ODYSSEY, "daemon", "--detach", "--feed", "ipc://%s/f" % place, "--control",
                        "ipc://%s/c" % place, *args], place)
    assert code == 0 and "%s:2: [notify] run: %s may not be executed; chmod +x it" % (conf, hook) in err
    assert run([ODYSSEY, "stop", *args], place)[0] == 0
    hook.chmod(0o700)
    assert "ok     notify: %s, at each alarm that is warning or more" % hook in \
        run([ODYSSEY, "check", *args], place)[1]


def test_a_flood_is_bounded(place, hooked):
    """400 drones at once, hooks that hang: a few run, some wait, the rest is counted; telemetry
    and commands go on as ever."""
    drones = ["F%03d" % i for i in range(400)]
    src, d, w = hooked("echo x >> runs; sleep 100", "at_once = 3\ntimeout_s = 60\n", drones)
    for name in drones:
        low(src, name)
    wait_for(lambda: len([m for m in w.of("al") if m.value["rule"] == "battery-low"]) == 400, "400 alarms")
    wait_for(lambda: len(children(d)) == 3, "three hooks")
    start = time.monotonic()
    assert d.command("F000", "hold")[1]["ok"]
    assert time.monotonic() - start < 2
    wait_for(lambda: said(w), "the event")
    assert "was not told of" in said(w)[0] and "there were too many" in said(w)[0]
    assert len(children(d)) == 3
    reply = d.ask("alarms")
    assert reply["flood"] and reply["rules"][0][:3] in (["battery-low", "warning", 400],)
    code, took = d.stop()
    assert code == 0 and took < 5
    assert pathlib.Path(place, "runs").read_text().count("x") == 3
    assert not any(os.path.exists("/proc/%d" % pid) for pid, _ in children(d))


def test_never_from_the_directory_one_is_in(place, fake, daemon, watch):
    src = fake()
    src.on_any = no_plan
    pathlib.Path(place, "odyssey.conf").write_text("[notify]\nrun = %s/hook\n" % place)
    hook = pathlib.Path(place, "hook")
    hook.write_text("#!/bin/sh\ntouch '%s/ran'\n" % place)
    hook.chmod(0o700)
    d = daemon(sources=[src])
    w = watch(d)
    d.wait_up(src)
    low(src)
    wait_told(w, ["raised"])
    flying(src, battery=500)
    wait_told(w, ["raised", "returned"])
    assert "[notify] in ./odyssey.conf is passed over" in d.log
    assert not pathlib.Path(place, "ran").exists()
