"""The history after kill -9, and while its disk is full, locked, gone or broken."""
import os
import random
import shutil
import signal
import sqlite3
import threading
import time

import pytest

from history_helpers import (Load, SmallDisk, ask_sql, backfilled_rows, check_values, count,
                             day_files, history_of, keys_stored, memory_kb, ready, settle, sql,
                             wait_all_stored)
from programs import Daemon
from wire import PATIENCE, wait_for

OUTAGE, BACK, DAMAGED = "history is not written", "history is written again", "set aside"


def said(w, text):
    return [m.value["text"] for m in w.of("ev") if text in m.value["text"]]


class Live:
    """While it lasts, feed and commands must go on; close() says how they did."""

    def __init__(self, d, w, src):
        self.d, self.w, self.src = d, w, src
        self.slowest, self.wrong = 0, []
        self._over = threading.Event()
        self.begun = len(w.messages)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while not self._over.wait(0.2):
            start = time.monotonic()
            try:
                reply = self.d.command(self.src.drones[0], "hold")[1]
                if not reply["ok"]:
                    self.wrong.append(reply)
            except AssertionError as why:
                self.wrong.append(str(why))
            self.slowest = max(self.slowest, time.monotonic() - start)

    def close(self):
        self._over.set()
        self._thread.join()

    def check(self, seconds):
        """Since it began, commands were answered and each drone was heard all the time."""
        self.close()
        assert self.wrong == [] and self.slowest < 2, (self.wrong, self.slowest)
        got = [m for m in self.w.messages[self.begun:] if m.topic.startswith(b"tm.")]
        assert len(got) > 0.8 * seconds * 10 * len(self.src.drones)
        at = [m.at for m in got]
        assert max(b - a for a, b in zip(at, at[1:])) < 1.5, "the feed stood still"


@pytest.fixture
def loaded(fake, daemon, watch, opened):
    """A source of so many drones at 10 Hz, a daemon with a small queue, a watcher."""
    def start(drones=30, queue_mb=1, drop=0, padding=0, **keys):
        src = fake(drones=["F%03d" % n for n in range(drones)])
        d = ready(src, daemon(sources=[src], ODYSSEY_HISTORY_QUEUE_MB=str(queue_mb), **keys))
        w = watch(d, strict=False)
        w.wait(1, "hb")
        load = Load(src, drop=drop, padding=padding)
        opened.append(load)
        wait_for(lambda: count(history_of(d)) > 2 * drones, "rows")
        return src, d, w, load
    return start


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_killed_under_load_at_random_moments(loaded, opened, number):
    src, d, _, load = loaded(drones=60, queue_mb=48, drop=50)
    chance = random.Random(time.time())
    for _ in range(4):
        time.sleep(chance.uniform(0.2, 1.5))
        d.send_signal(number)
        d.wait()
        time.sleep(chance.uniform(0, 0.3))
        opened.append(d.again(wait=False))
        d = opened[-1]
    ready(src, d)
    time.sleep(1)
    load.close()
    for drone in src.drones:
        src.sample(drone)
    wait_all_stored(history_of(d), src)
    boots = sql(history_of(d), "SELECT * FROM telemetry WHERE drone = 'F007' ORDER BY seq")
    for row in boots:
        check_values(row, src.recorded["F007", src.boot][row["seq"]])
    wait_for(lambda: not sql(history_of(d), "SELECT * FROM gaps WHERE state <> 'filled'"),
             "every gap filled")


def test_killed_and_read_without_a_daemon(loaded):
    """What a kill left is read as it is: all but the last 100 ms, in one piece."""
    src, d, w, load = loaded()
    time.sleep(1)
    d.kill()
    load.close()
    sent = [m for m in w.of("tm") if m.at < w.messages[-1].at - 0.3]
    stored = set(k[:3] for k in keys_stored(history_of(d)))
    missing = {(m.id, m.value.boot, m.value.seq) for m in sent} - stored
    assert not missing
    assert sqlite3.connect(day_files(history_of(d))[0]).execute("PRAGMA integrity_check").fetchall() == \
        [("ok",)]


@pytest.mark.slow
def test_locked_by_another_program(loaded, opened):
    """A small queue is full long before: memory stays bounded, nothing is lost in the end."""
    src, d, w, load = loaded(drones=100, padding=400)
    before = memory_kb(d)
    [day] = day_files(history_of(d))
    other = sqlite3.connect(day, timeout=10, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    stored = count(history_of(d))
    live = Live(d, w, src)
    opened.append(live)
    wait_for(lambda: said(w, OUTAGE), "an event", 5)
    time.sleep(5)
    assert count(history_of(d)) == stored, "written in spite of the lock"
    assert memory_kb(d) < before + 20000
    live.check(5)
    other.execute("ROLLBACK")
    other.close()
    wait_for(lambda: said(w, BACK), "an event", 5)
    load.close()
    for drone in src.drones:
        src.sample(drone)
    wait_all_stored(history_of(d), src)
    assert len(said(w, OUTAGE)) == 1 and len(said(w, BACK)) == 1, said(w, "history")
    assert "another program" in said(w, OUTAGE)[0]
    assert memory_kb(d) < before + 30000
    assert len(sql(history_of(d), "SELECT * FROM events WHERE text LIKE '%history is%'")) >= 1


@pytest.mark.slow
def test_what_comes_after_an_outage_is_soon_committed(loaded):
    src, d, w, load = loaded(drones=100)
    [day] = day_files(history_of(d))
    other = sqlite3.connect(day, timeout=10, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    time.sleep(4)
    other.execute("ROLLBACK")
    other.close()
    wait_for(lambda: said(w, BACK), "an event", 5)
    load.close()
    for _ in range(5):
        mark = src.last_time["F000", src.boot] + 1000000
        src.sample("F000", time=mark)
        wait_for(lambda: sql(history_of(d), "SELECT 1 FROM telemetry WHERE drone = 'F000' AND"
                             " time = %d" % mark), "a row within a second", 1)


def test_a_short_lock_is_waited_for(loaded):
    src, d, w, load = loaded(queue_mb=48)
    [day] = day_files(history_of(d))
    other = sqlite3.connect(day, timeout=10, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    time.sleep(0.5)
    other.execute("ROLLBACK")
    other.close()
    time.sleep(0.5)
    load.close()
    wait_all_stored(history_of(d), src)
    assert said(w, "history is") == []
    assert not sql(history_of(d), "SELECT * FROM telemetry WHERE backfilled")


@pytest.fixture
def small_disk(place, opened):
    def start(kib):
        if not SmallDisk.allowed():
            pytest.skip("a small tmpfs can be mounted by root only")
        disk = SmallDisk(place + "/disk", kib)
        opened.append(disk)
        return disk
    return start


@pytest.mark.slow
def test_full_to_the_last_byte(small_disk, fake, daemon, watch, opened):
    disk = small_disk(65536)
    src = fake(drones=["F%03d" % n for n in range(100)])
    directory = disk.path / "history"
    d = ready(src, daemon("--history", directory, sources=[src], ODYSSEY_HISTORY_QUEUE_MB="1"))
    w = watch(d, strict=False)
    w.wait(1, "hb")
    load = Load(src, padding=400)
    opened.append(load)
    wait_for(lambda: count(directory) > 200, "rows")
    before = memory_kb(d)
    disk.fill()
    live = Live(d, w, src)
    opened.append(live)
    wait_for(lambda: said(w, OUTAGE), "an event", 10)
    time.sleep(4)
    live.check(4)
    assert memory_kb(d) < before + 20000
    # It can be read meanwhile, and is answered from.
    assert count(directory) > 200
    assert backfilled_rows(d, "F000", src.boot, 0, 3)[0]
    disk.free()
    wait_for(lambda: said(w, BACK), "an event", 5)
    load.close()
    for drone in src.drones:
        src.sample(drone)
    wait_all_stored(directory, src)
    assert len(said(w, OUTAGE)) == 1 and len(said(w, BACK)) == 1, said(w, "history")
    assert said(w, DAMAGED) == []


def test_full_from_the_start(small_disk, fake, daemon, watch, opened):
    """It starts, serves, and logs as soon as it can."""
    disk = small_disk(4096)
    disk.fill()
    src = fake()
    directory = disk.path / "history"
    src.samples(50)
    d = ready(src, daemon("--history", directory, sources=[src]))
    w = watch(d, strict=False)
    w.wait(1, "hb")
    src.samples(50)
    assert d.command("F01", "hold")[1]["ok"]
    time.sleep(1)
    disk.free()
    src.samples(10)
    wait_all_stored(directory, src)


def test_killed_on_a_full_disk(small_disk, fake, daemon, opened):
    disk = small_disk(4096)
    src = fake(drones=["F%02d" % n for n in range(20)])
    directory = disk.path / "history"
    d = ready(src, daemon("--history", directory, sources=[src]))
    load = Load(src)
    opened.append(load)
    wait_for(lambda: count(directory) > 100, "rows")
    disk.fill()
    d.wait_log(OUTAGE)
    d.kill()
    again = d.again(wait=False)
    opened.append(again)
    ready(src, again)
    time.sleep(0.5)
    disk.free()
    time.sleep(0.5)
    load.close()
    for drone in src.drones:
        src.sample(drone)
    wait_all_stored(directory, src)


def test_stopped_on_a_full_disk(small_disk, fake, daemon):
    """A dead disk does not hold up the end for long."""
    disk = small_disk(4096)
    src = fake()
    d = ready(src, daemon("--history", disk.path / "history", sources=[src]))
    src.samples(20)
    settle(d)
    disk.fill()
    for _ in range(20):
        src.samples(5)
        time.sleep(0.05)
    code, seconds = d.stop()
    assert code == 0 and seconds < 5


def remove_file(directory):
    for p in day_files(directory):
        for suffix in ("", "-wal", "-shm"):
            if os.path.exists(str(p) + suffix):
                os.unlink(str(p) + suffix)


def remove_only_the_database(directory):
    for p in day_files(directory):
        p.unlink()


def remove_only_the_log(directory):
    for p in day_files(directory):
        os.unlink(str(p) + "-wal")


def remove_directory(directory):
    shutil.rmtree(directory)


def move_file(directory):
    for p in day_files(directory):
        p.rename(p.with_suffix(".moved"))


@pytest.mark.parametrize("do", [remove_file, remove_only_the_database,
                                remove_only_the_log,
                                remove_directory, move_file], ids=lambda f: f.__name__)
def test_taken_away_under_it(loaded, opened, do):
    src, d, w, load = loaded(queue_mb=48)
    live = Live(d, w, src)
    opened.append(live)
    time.sleep(0.5)
    do(history_of(d))
    time.sleep(2)
    live.check(2)
    load.close()
    for drone in src.drones:
        src.sample(drone)
    wait_all_stored(history_of(d), src, timeout=10)
    assert len(said(w, "history")) <= 3, said(w, "history")
    assert d.running()


def garbage(path, at, length):
    with open(path, "r+b") as f:
        f.seek(at)
        f.write(random.Random(7).randbytes(length))


def break_header(path):
    garbage(path, 0, 100)


def break_middle(path):
    size = os.path.getsize(path)
    garbage(path, size // 3, size // 3)


def break_all(path):
    garbage(path, 0, os.path.getsize(path))


def cut(path):
    os.truncate(path, os.path.getsize(path) // 2)


def empty(path):
    os.truncate(path, 0)


@pytest.mark.parametrize("do", [break_header, break_middle, break_all, cut, empty],
                         ids=lambda f: f.__name__)
def test_a_damaged_day_is_set_aside_at_the_start(loaded, watch, opened, do):
    src, d, _, load = loaded(drones=20, queue_mb=48)
    time.sleep(1)
    load.close()
    settle(d)
    assert d.stop()[0] == 0
    [day] = day_files(history_of(d))
    do(day)
    damaged = day.read_bytes()
    opened.append(d.again())
    d = ready(src, opened[-1])
    w = watch(d, strict=False)
    for drone in src.drones:
        src.sample(drone)
    wait_all_stored(history_of(d), src)
    aside = [p for p in history_of(d).glob("*damaged*.db")]
    if do is empty:
        return
    assert len(aside) == 1 and aside[0].read_bytes() == damaged
    assert len([line for line in d.lines if DAMAGED in line]) == 1 and aside[0].name in d.log
    assert len(said(w, DAMAGED)) <= 1
    again = d.again if d.stop()[0] == 0 else None
    opened.append(again())
    ready(src, opened[-1])
    assert DAMAGED not in opened[-1].log
    assert len(list(history_of(d).glob("*damaged*.db"))) == 1


@pytest.mark.parametrize("do", [break_header, break_all], ids=lambda f: f.__name__)
def test_damaged_while_it_runs(loaded, opened, do):
    """Whenever that is noticed: service goes on, and all is there in the end."""
    src, d, w, load = loaded(drones=20, queue_mb=48)
    live = Live(d, w, src)
    opened.append(live)
    time.sleep(0.5)
    [day] = day_files(history_of(d))
    do(day)
    time.sleep(2)
    live.check(2)
    d.kill()
    opened.append(d.again(wait=False))
    d = ready(src, opened[-1])
    load.close()
    for drone in src.drones:
        src.sample(drone)
    wait_all_stored(history_of(d), src)


def test_a_newer_schema_is_refused(loaded):
    src, d, _, load = loaded(drones=2)
    load.close()
    d.stop()
    [day] = day_files(history_of(d))
    db = sqlite3.connect(day)
    db.execute("PRAGMA user_version = 99")
    db.close()
    later = d.again(wait=False)
    assert later.wait() == 1
    assert "newer" in later.log and day.name in later.log
    code, _, err = ask_sql(history_of(d), "SELECT count(*) FROM telemetry")
    assert code == 1 and "newer" in err


def test_a_second_daemon_on_the_same_history_is_refused(place, loaded):
    src, d, *_ = loaded(drones=1)
    other = Daemon(place, "--history", history_of(d), name="other", wait=False)
    try:
        assert other.wait() == 1
        assert "another daemon" in other.log
    finally:
        other.kill()


def test_what_is_no_directory_is_refused(place):
    path = place + "/file"
    with open(path, "w", encoding="ascii") as f:
        f.write("x")
    other = Daemon(place, "--history", path, name="other", wait=False)
    try:
        assert other.wait(PATIENCE) == 1
        assert path in other.log
    finally:
        other.kill()
