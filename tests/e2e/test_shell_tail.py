"""odyssey tail against a source that says what the test wants."""
import json
import os
import signal
import subprocess
import time

import msgpack
from shell_helpers import IN_AIR, ODYSSEY, Source, environment, flying, now_ms, run, start


def event(drone, text="hello", severity=4):
    return {"drone": drone or None, "source": "fake", "time": now_ms(), "severity": severity,
            "text": text}


def test_lines_for_people_and_programs(tmp_path):
    with Source(tmp_path, {"D01": flying}) as source:
        text = run(tmp_path, "tail", "--connect", source.feed, "tm", "-n", 2)
        lines = run(tmp_path, "tail", "--connect", source.feed, "tm", "-n", 2, "--json")
        beat = run(tmp_path, "tail", "--connect", source.feed, "hb", "-n", 1, "--json")
    assert (text.returncode, text.stderr) == (0, "")
    assert len(text.stdout.splitlines()) == 2
    for word in ("tm.D01", "goto", "air", "armed", "47.140000 9.520000", "height 60.0 m",
                 "speed 12.3 m/s", "battery 87.1 %"):
        assert word in text.stdout.splitlines()[0]
    row = json.loads(lines.stdout.splitlines()[0])
    assert row["topic"] == "tm.D01" and row["lat"] == 47.14 and row["height"] == 60.0
    assert row["boot"] == 1700000000 and row["seq"] == 7 and abs(row["time"] - now_ms()) < 20000
    assert row["wind"] is None
    assert json.loads(beat.stdout)["topic"] == "hb.fake"


def test_topics_are_exact(tmp_path):
    with Source(tmp_path, {"D1": flying, "D10": flying, "E1": flying}) as source:
        for words, topics in ((("tm.D1",), {"tm.D1"}), (("tm.D10", "tm.E1"), {"tm.D10", "tm.E1"}),
                              (("tm.D*",), {"tm.D1", "tm.D10"}), (("E?",), {"tm.E1"})):
            out = run(tmp_path, "tail", "--connect", source.feed, *words, "-n", 12, "--json")
            assert {json.loads(line)["topic"] for line in out.stdout.splitlines()} == topics


def test_a_bare_id_shows_all_about_it(tmp_path):
    with Source(tmp_path, {"D1": flying, "D10": flying}) as source:
        tail = start(tmp_path, "tail", "--connect", source.feed, "D1", "--duration", "1.5s", "--json")
        time.sleep(0.7)
        for drone in ("D1", "D10"):
            source.publish("ev." + drone, event(drone))
            source.publish("cm." + drone, {"id": "x", "drone": drone, "cmd": "hold", "by": "me",
                                           "stage": "done", "time": now_ms(), "text": ""})
            source.publish("pl." + drone, {"drone": drone, "rev": 2, "time": now_ms()})
        out, _ = tail.communicate(timeout=10)
    assert tail.returncode == 0
    assert {json.loads(line)["topic"] for line in out.splitlines()} == {"tm.D1", "ev.D1", "cm.D1", "pl.D1"}


def test_fields(tmp_path):
    with Source(tmp_path, {"D01": flying, "D02": lambda t: flying(t, flags=IN_AIR)}) as source:
        out = run(tmp_path, "tail", "--connect", source.feed, "tm.D01", "-n", 1, "--fields", "lat,lon,height")
        rows = run(tmp_path, "tail", "--connect", source.feed, "D02", "-n", 1, "--json",
                   "--fields", "id,lat,height,mode_name")
    assert out.stdout == "47.1400000 9.5200000 60.00\n"
    assert json.loads(rows.stdout) == {"id": "D02", "lat": None, "height": 60.0, "mode_name": "goto"}


def test_malformed_messages_are_said_and_counted(tmp_path):
    with Source(tmp_path, {"D01": flying}) as source:
        tail = start(tmp_path, "tail", "--connect", source.feed, "--duration", "2s", "--json")
        time.sleep(0.7)
        for topic, body in (("tm.D01", b"\xdd\xff\xff\xff\xff"), ("tm.D01", b""), ("tm.D01", b"\xc1"),
                            ("ev.D01", msgpack.packb(event("D02"))), ("tm.b\x1b[d", b"\x90"),
                            ("tm.D01", msgpack.packb(["x"])), ("cm.D01", msgpack.packb(5)),
                            ("hb.x", msgpack.packb({"v": 1})), ("zz.other", b"\xc1")):
            source.publish(topic, body, raw=True)
        out, err = tail.communicate(timeout=10)
    assert tail.returncode == 0
    assert all(json.loads(line)["topic"] in ("tm.D01", "hb.fake") for line in out.splitlines())
    assert "8 malformed messages were passed over" in err and "\033" not in err


def test_text_from_outside_cannot_drive_the_terminal(tmp_path):
    with Source(tmp_path) as source:
        tail = start(tmp_path, "tail", "--connect", source.feed, "ev", "-n", 1)
        for i in range(20):
            source.publish("ev.", event("", "a\033[2J\u202eb\nc"), after=0.1 * i)
        out, _ = tail.communicate(timeout=10)
    assert out.count("\n") == 1 and "\033" not in out and "\u202e" not in out and "warning" in out


def test_silence_is_said(tmp_path):
    out = run(tmp_path, "tail", "--connect", f"ipc://{tmp_path}/none", "--duration", "3.6s")
    assert out.returncode == 0 and out.stdout == ""
    assert "nothing comes from ipc://" in out.stderr and out.stderr.count("\n") == 1
    with Source(tmp_path) as source:
        out = run(tmp_path, "tail", "--connect", source.feed, "ev", "--duration", "3.6s")
    assert "is there, but nothing of what is asked for came yet" in out.stderr


def test_ends_quietly(tmp_path):
    with Source(tmp_path, {"D01": flying}) as source:
        for number in (signal.SIGINT, signal.SIGTERM):
            tail = start(tmp_path, "tail", "--connect", source.feed)
            assert tail.stdout.readline()
            tail.send_signal(number)
            _, err = tail.communicate(timeout=5)
            assert (tail.returncode, err) == (0, "")
        # a reader that goes away, with and without something to write
        for topic in ("tm", "ev"):
            read, write = os.pipe()
            tail = subprocess.Popen([ODYSSEY, "tail", "--connect", source.feed, topic], stdout=write,
                                    stderr=subprocess.PIPE, text=True, env=environment(tmp_path))
            os.close(write)
            if topic == "tm":
                assert os.read(read, 10)
            else:
                time.sleep(0.5)
            os.close(read)
            _, err = tail.communicate(timeout=5)
            assert (tail.returncode, err) == (0, ""), topic


def test_full_disk_is_no_success(tmp_path):
    with Source(tmp_path, {"D01": flying}) as source, open("/dev/full", "w") as full:
        out = subprocess.run([ODYSSEY, "tail", "--connect", source.feed, "-n", "3"], stdout=full,
                             stderr=subprocess.PIPE, text=True, env=environment(tmp_path), timeout=10)
    assert out.returncode == 1 and "cannot be written" in out.stderr


def test_wrong_lines(tmp_path):
    for args, says in ((("xx.D01",), "is no topic"), (("tm.no such",), "names no drone"),
                       (("--fields", "heigth"), "did you mean height?"), (("-n", "0"), "--count"),
                       (("-n", "many"), "--count"), (("--duration", "soon"), "--duration"),
                       (("",), "empty topic")):
        out = run(tmp_path, "tail", *args)
        assert out.returncode == 2 and says in out.stderr and out.stderr.count("\n") == 1, args
