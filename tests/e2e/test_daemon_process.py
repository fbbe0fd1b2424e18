"""odyssey daemon as a process: lock, stop, signals, log, background, wrong input."""
import os
import signal
import time

import pytest

from programs import LOG_LINE, ODYSSEY, Daemon, free_port, run
from wire import Control, wait_for


def test_a_second_daemon_in_the_same_state_directory_is_refused(place, daemon):
    d = daemon()
    code, out, err = run([ODYSSEY, "daemon", "--feed", "ipc://%s/x" % place, "--control",
                          "ipc://%s/xc" % place, "--state", d.state], place)
    assert code == 1 and out == ""
    assert d.state in err and len(err.strip().splitlines()) == 1, err
    assert d.ask("hello")["boot"] == d.hello["boot"]


def test_another_state_directory_is_another_daemon(place, daemon):
    first, second = daemon(), daemon(name="second")
    assert first.ask("hello")["ok"] and second.ask("hello")["ok"]


def test_the_lock_ends_with_the_process(daemon):
    d = daemon()
    d.kill()
    again = d.again()
    assert again.ask("hello")["ok"]
    assert again.stop()[0] == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_clean_stop_within_two_seconds(fake, daemon, number):
    src = fake()
    d = daemon(sources=[src])
    d.wait_up(src)
    src.samples(1000)
    code, seconds = d.stop(number)
    assert code == 0 and seconds < 2.0
    assert not any(" error " in line for line in d.lines), d.log


def test_stop_with_a_command_under_way_and_a_dead_source(fake, daemon):
    src, gone = fake(), fake("gone", start=False)
    src.on_command = lambda r: []
    d = daemon(sources=[src, gone])
    d.wait_drone("F01")
    with Control(d.control, []) as c:
        from protocol import pack
        c.send_raw(pack({"v": 1, "op": "command", "id": "under-way", "drone": "F01", "cmd": "hold",
                         "args": {}, "by": "x", "expires": int(time.time() * 1000) + 30000}))
        wait_for(src.commands, "the command")
        code, seconds = d.stop()
    assert code == 0 and seconds < 2.0


def test_odyssey_stop(place, daemon):
    d = daemon()
    code, _, err = run([ODYSSEY, "stop", "sim", "--state", d.state], place)
    assert code == 2 and "sim" in err and d.running()
    code, _, err = run([ODYSSEY, "stop", "--state", d.state], place)
    assert code == 0, err
    assert d.wait() == 0
    code, out, err = run([ODYSSEY, "stop", "--state", d.state], place)
    assert code == 1 and out == "" and len(err.strip().splitlines()) == 1


def test_odyssey_stop_where_nothing_ever_was(place):
    code, _, err = run([ODYSSEY, "stop", "--state", place + "/none"], place)
    assert code == 1 and len(err.strip().splitlines()) == 1
    assert not os.path.exists(place + "/none")


def test_detach(place):
    feed, state = "ipc://%s/feed" % place, place + "/state"
    args = [ODYSSEY, "daemon", "--feed", feed, "--control", feed + ".c", "--state", state]
    start = time.monotonic()
    code, _, err = run([*args, "--detach"], place)
    assert code == 0, err
    assert time.monotonic() - start < 10
    try:
        # It serves as soon as the command is back.
        with Control(feed + ".c") as c:
            assert c.ask("hello", 5)["kind"] == "daemon"
        code, _, err = run([*args, "--detach"], place)
        assert code == 1 and err.strip()
    finally:
        code, _, err = run([ODYSSEY, "stop", "--state", state], place)
    assert code == 0, err
    with Control(feed + ".c") as c:
        c.send_raw(b"\x80")
        assert not c.socket.poll(300)


def test_detach_says_what_is_wrong_before_it_goes(place):
    port = free_port()
    import socket
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        code, _, err = run([ODYSSEY, "daemon", "--feed", "tcp://127.0.0.1:%d" % port, "--state",
                            place + "/s", "--detach"], place)
    assert code in (1, 2) and str(port) in err


def test_log_lines_have_level_and_utc_time(fake, daemon):
    src = fake()
    d = daemon(sources=[src], ODYSSEY_LOG_LEVEL="debug")
    d.wait_up(src)
    src.vanish()
    wait_for(lambda: d.source(src.feed)["state"] == "lost", "lost", 30)
    d.stop()
    assert len(d.lines) >= 2
    assert [line for line in d.lines if not LOG_LINE.fullmatch(line)] == []
    stamp = time.strftime("%Y-%m-%d", time.gmtime())
    assert any(line.startswith(stamp) for line in d.lines)


def test_text_from_outside_cannot_drive_the_terminal(fake, daemon):
    src = fake(drones=["F01"])
    d = daemon(sources=[src], ODYSSEY_LOG_LEVEL="debug")
    d.wait_up(src)
    src.event("\x1b[2Jgone\nforged 2026 error line\u202e", "F01", severity=0)
    src.raw(b"tm.\x1b[2J", b"\x93\x01\x02\x03")
    mark = src.sample()
    assert mark
    d.wait_drone("F01")
    d.stop()
    assert "\x1b" not in d.log and "\u202e" not in d.log
    assert [line for line in d.lines if not LOG_LINE.fullmatch(line)] == []


def test_a_stuck_subscriber_costs_bounded_memory(fake, daemon):
    """It is connected, takes nothing, and the others notice nothing."""
    import zmq

    from test_daemon_feed import memory_kb
    from wire import CONTEXT, Watcher
    src = fake()
    d = daemon(sources=[src])
    d.wait_up(src)
    stuck = CONTEXT.socket(zmq.SUB)
    stuck.setsockopt(zmq.RCVHWM, 1)
    stuck.setsockopt(zmq.LINGER, 0)
    stuck.setsockopt(zmq.SUBSCRIBE, b"")
    stuck.connect(d.feed)
    with Watcher(d.feed) as w:
        w.wait(1, "hb")
        before = memory_kb(d)
        picture = [src.boot, 0, 5, 8, 8, "jpeg", b"\xff\xd8" + b"x" * 100000]
        for n in range(1500):  # 150 MB
            src.publish("vd.F01", [*picture[:1], n, *picture[2:]])
        last = src.sample()
        wait_for(lambda: any(m.body == last for m in w.messages[-5:]), "the last", 60)
        assert len(w.of("vd")) == 1500
    grown = memory_kb(d) - before
    stuck.close()
    assert grown < 300000


# --- wrong input: one sentence with the place, exit 2, nothing half done ---

@pytest.mark.parametrize("args,says", [
    (["--feed", "udp://127.0.0.1:1"], "udp://127.0.0.1:1"),
    (["--feed", "tcp://127.0.0.1"], "tcp://127.0.0.1"),
    (["--feed", "tcp://127.0.0.1:99999"], "99999"),
    (["--feed", "tcp://127.0.0.1:0"], "tcp://127.0.0.1:0"),
    (["--feed", "ipc://"], "ipc://"),
    (["--feed", "nonsense"], "nonsense"),
    (["--source", "tcp://*:7610"], "tcp://*:7610"),
    (["--source", "nonsense"], "nonsense"),
    (["--source", "tcp://a:1,b"], "b"),
    (["--nonsense"], "--nonsense"),
    (["--feed"], "--feed"),
    (["--name", "a b"], "a b"),
    (["stray"], "stray"),
    (["--config", "/no/such/file.conf"], "/no/such/file.conf"),
])
def test_wrong_options(place, args, says):
    code, out, err = run([ODYSSEY, "daemon", "--state", place + "/state", *args], place)
    assert code == 2, err
    assert out == "" and says in err and len(err.strip().splitlines()) == 1, err
    assert not os.path.exists(place + "/state")


@pytest.mark.parametrize("text,line,says", [
    ("[daemon]\nfeed = nonsense\n", 2, "nonsense"),
    ("[daemon]\n\n# a comment\nnmae = x\n", 4, "nmae"),
    ("[demon]\nname = x\n", 2, "demon"),
    ("[daemon]\nname = a b\n", 2, "a b"),
    ("[daemon]\ninsecure = perhaps\n", 2, "perhaps"),
    ("[command]\nanswer_s = soon\n", 2, "soon"),
    ("[command]\nanswer_s = -1\n", 2, "-1"),
    ("[fleet]\nstale_s = 1e99\n", 2, "1e99"),
    ("[source sim]\nfeed = tcp://127.0.0.1:7610\ncontrol = bad\n", 3, "bad"),
    ("[source a b]\nfeed = tcp://127.0.0.1:7610\n", 2, "a b"),
    ("name = x\n", 1, "name"),
    ("[daemon\nname = x\n", 1, ""),
    ("[daemon]\nthis is no option\n", 2, ""),
])
def test_wrong_configuration_says_file_and_line(place, text, line, says):
    path = place + "/o.conf"
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    code, out, err = run([ODYSSEY, "daemon", "--state", place + "/state", "--config", path], place)
    assert code == 2, err
    assert out == "" and "%s:%d" % (path, line) in err and says in err, err
    assert len(err.strip().splitlines()) == 1
    assert not os.path.exists(place + "/state")


def test_wrong_environment_is_named(place):
    code, _, err = run([ODYSSEY, "daemon", "--state", place + "/state"], place,
                       ODYSSEY_COMMAND_ANSWER_S="soon")
    assert code == 2 and "ODYSSEY_COMMAND_ANSWER_S" in err and "soon" in err


def test_environment_over_file_and_option_over_both(place, daemon):
    path = place + "/o.conf"
    with open(path, "w", encoding="utf-8") as f:
        f.write("[daemon]\nname = from-file\n")
    assert daemon("--config", path, name="a").hello["source"] == "from-file"
    assert daemon("--config", path, name="b", ODYSSEY_DAEMON_NAME="from-env").hello["source"] == "from-env"
    assert daemon("--config", path, "--name", "from-option", name="c",
                  ODYSSEY_DAEMON_NAME="from-env").hello["source"] == "from-option"


def test_source_options_replace_the_list_of_the_file(place, fake, daemon):
    src = fake()
    path = place + "/o.conf"
    with open(path, "w", encoding="utf-8") as f:
        f.write("[source old]\nfeed = ipc://%s/old\n" % place)
    d = daemon("--config", path, sources=[src])
    assert [s["feed"] for s in d.ask("sources")["sources"]] == [src.feed]


def test_control_endpoints_follow_from_the_feed(place, fake, daemon):
    port = free_port()
    d = Daemon.__new__(Daemon)
    from programs import Program
    Program.__init__(d, [ODYSSEY, "daemon", "--feed", "tcp://127.0.0.1:%d" % port, "--state",
                         place + "/state", "--source", "tcp://127.0.0.1:1"], place)
    try:
        with Control("tcp://127.0.0.1:%d" % (port + 1)) as c:
            assert c.ask("hello")["kind"] == "daemon"
    finally:
        d.end()


def test_an_address_others_reach_needs_keys_or_the_word(place):
    port = free_port()
    feed = "tcp://0.0.0.0:%d" % port
    code, _, err = run([ODYSSEY, "daemon", "--feed", feed, "--state", place + "/s"], place)
    assert code == 2 and "insecure" in err


def test_a_taken_path_is_said(place, daemon):
    """ZeroMQ would take an ipc:// path away from who has it, without a word."""
    d = daemon()
    other = daemon(name="other", wait=False, state=place + "/other")
    other.kill()
    code, out, err = run_briefly(["--feed", d.feed, "--control", d.control, "--state",
                                  place + "/third"], place)
    assert code in (1, 2) and out == "" and d.feed in err
    assert d.ask("hello")["boot"] == d.hello["boot"]


def run_briefly(args, place):
    import subprocess
    try:
        return run([ODYSSEY, "daemon", *args], place, timeout=3)
    except subprocess.TimeoutExpired:
        return None, "", "it did not end"


def test_state_that_cannot_be_made_is_said(place):
    with open(place + "/file", "w", encoding="utf-8") as f:
        f.write("in the way")
    code, out, err = run([ODYSSEY, "daemon", "--state", place + "/file", "--feed",
                          "ipc://%s/f" % place], place)
    assert code in (1, 2) and out == "" and place + "/file" in err


def test_help_and_version(place):
    for args in (["--help"], ["daemon", "--help"], ["stop", "--help"]):
        code, out, err = run([ODYSSEY, *args], place)
        assert code == 0 and out.startswith("usage") and err == ""
    code, out, err = run([ODYSSEY, "--version"], place)
    assert code == 0 and "0." in out and err == ""
    code, out, err = run([ODYSSEY, "dance"], place)
    assert code == 2 and "dance" in err and out == ""
