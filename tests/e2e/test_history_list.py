"""odyssey history and odyssey rejects: what is stored, whether it is whole, what was refused."""
import json
import os
import random
import re
import shutil

import pytest

import protocol
from history_helpers import count, day_files, history_of, ready, settle, sql
from programs import ODYSSEY, run
from wire import wait_for


def odyssey(d, command, *args):
    return run([ODYSSEY, command, "--history", history_of(d), "--state", d.state, *args]
               if command == "rejects" else [ODYSSEY, command, "--history", history_of(d), *args], "/")


@pytest.fixture
def stored(fake, daemon):
    """Two drones with 50 samples each, three missing, two refused messages."""
    src = fake(drones=["F01", "F02"])
    src.on_backfill = lambda r: [(0, {"v": 1, "ok": True, "samples": [], "more": False, "held": [],
                                      "lost": []})]
    d = ready(src, daemon(sources=[src]))
    src.samples(50, "F01")
    src.samples(47, "F02")
    for seq in (50, 51, 52):
        src.sample("F02", seq=seq)
    src.raw(b"tm.F01", b"\xc1")
    src.raw(b"ev.F01", protocol.pack({"drone": "F01"}))
    wait_for(lambda: len(sql(history_of(d), "SELECT 1 FROM rejects")) == 2, "the rejects")
    settle(d)
    return src, d


def test_days_are_listed(stored):
    _, d = stored
    [day] = day_files(history_of(d))
    shutil.copy(day, day.with_name("2020-02-29.db"))
    code, out, err = odyssey(d, "history", "--json")
    rows = [json.loads(line) for line in out.splitlines()]
    assert code == 0, err
    assert [r["day"] for r in rows] == ["2020-02-29", day.stem]
    now = rows[1]
    assert now["samples"] == 100 and now["drones"] == 2 and now["rejects"] == 2
    assert now["missing"] == 3 and now["lost"] == 0 and not now["finished"] and now["trouble"] is None
    assert now["bytes"] > 0
    code, out, _ = odyssey(d, "history")
    assert code == 0 and len(out.splitlines()) == 3 and day.stem in out


def test_a_whole_history_is_verified(stored):
    _, d = stored
    code, out, err = odyssey(d, "history", "verify")
    assert code == 0 and " 0 wrong" in out and "100 samples" in out, (out, err)
    d.stop()
    code, out, _ = odyssey(d, "history", "verify")
    assert code == 0 and " 0 wrong" in out


@pytest.mark.parametrize("seed", range(4))
def test_bytes_that_changed_are_found(stored, seed):
    """Wherever in the file: said with its name, and nothing crashes."""
    _, d = stored
    d.stop()
    [day] = day_files(history_of(d))
    chance, size = random.Random(seed), os.path.getsize(day)
    with open(day, "r+b") as f:
        f.seek(chance.randrange(100, size - 4000))
        f.write(chance.randbytes(4000))
    code, out, err = odyssey(d, "history", "verify")
    assert code in (0, 1) and "Sanitizer" not in err
    code2, _, err = odyssey(d, "history")
    assert code2 in (0, 1) and "Sanitizer" not in err
    if code:
        assert day.name in out + err


def test_no_database_at_all_is_said(stored):
    _, d = stored
    d.stop()
    [day] = day_files(history_of(d))
    day.write_bytes(b"no database at all, " * 1000)
    for more in ([], ["verify"]):
        code, out, err = odyssey(d, "history", *more)
        assert code == 1 and day.stem in out + err, (out, err)


def test_rejects_are_listed(stored):
    _, d = stored
    code, out, err = odyssey(d, "rejects", "--json")
    rows = [json.loads(line) for line in out.splitlines()]
    assert code == 0 and len(rows) == 2, err
    assert rows[0]["topic"] == "tm.F01" and rows[0]["body"] == "c1" and rows[0]["source"] == "fake"
    assert rows[0]["reason"] and rows[0]["detail"]
    code, out, _ = odyssey(d, "rejects", "--reason", rows[1]["reason"], "--json")
    assert [json.loads(line)["topic"] for line in out.splitlines()] == ["ev.F01"]
    code, out, _ = odyssey(d, "rejects", "--count", "--json")
    assert sum(json.loads(line)["messages"] for line in out.splitlines()) == 2
    code, out, _ = odyssey(d, "rejects")
    assert code == 0 and len(out.splitlines()) == 3 and re.search(r"\d\d:\d\d:\d\d\.\d{3}Z", out)
    code, out, _ = odyssey(d, "rejects", "--until", "2020-01-01T00:00Z", "--json")
    assert code == 0 and out == ""


def test_rejects_are_taken_in_again_once(stored):
    """What would pass now is stored; here a sample whose refusal is put in by hand."""
    import sqlite3
    src, d = stored
    code, _, err = odyssey(d, "rejects", "--retry")
    assert code == 1 and "daemon" in err  # it runs
    d.stop()
    [day] = day_files(history_of(d))
    db = sqlite3.connect(day)
    body = src.sample("F02", seq=48, send=False)
    for row in (body, body, src.sample("F02", seq=50, send=False)):
        db.execute("INSERT INTO rejects(arrived, source, topic, body, reason) VALUES(?, 'fake', ?, ?, 'type')",
                   (src.now(), b"tm.F02", row))
    db.commit()
    db.close()
    for stored_now in (1, 0):
        code, out, err = odyssey(d, "rejects", "--retry")
        assert code == 0 and "%d stored," % stored_now in out, (out, err)
        assert count(history_of(d)) == 101
    # Days later, with two others between that know nothing of these drones.
    old = day.rename(day.with_name("2020-01-01.db"))
    for name in ("2020-02-01.db", "2020-02-02.db"):
        db = sqlite3.connect(shutil.copy(old, day.with_name(name)))
        for table in ("plain", "sealed", "slots", "drones", "rejects", "flights", "gaps", "plans"):
            db.execute("DELETE FROM %s" % table)
        db.commit()
        db.close()
    code, out, err = odyssey(d, "rejects", "--retry")
    assert code == 0 and ": 0 stored," in out and count(history_of(d)) == 101, (out, err)
    rows = sql(history_of(d), "SELECT seq, backfilled FROM telemetry WHERE drone = 'F02' AND seq > 45"
               " ORDER BY seq")
    assert [r["seq"] for r in rows] == [46, 48, 50, 51, 52]
    assert [r["seq"] for r in rows if r["backfilled"]] == [48]
    gaps = sql(history_of(d), "SELECT first_seq, last_seq, state FROM gaps WHERE drone = 'F02' ORDER BY 1")
    assert [(g["first_seq"], g["last_seq"], g["state"]) for g in gaps] == \
        [(47, 47, "open"), (48, 48, "filled"), (49, 49, "open")]


@pytest.mark.parametrize("args", [["history", "verfy"], ["history", "verify", "x"], ["rejects", "x"],
                                  ["rejects", "--since", "x"]])
def test_what_was_mistyped_is_said(place, args):
    os.makedirs(place + "/h")
    code, _, err = run([ODYSSEY, args[0], "--history", place + "/h", *args[1:]], place)
    assert code == 2 and args[-1] in err


def test_an_empty_directory_is_an_empty_history(place):
    os.makedirs(place + "/h")
    for command in (["history"], ["history", "verify"], ["rejects"], ["flights"]):
        code, _, err = run([ODYSSEY, command[0], "--history", place + "/h", *command[1:]], place)
        assert code == 0 and err == "", command
