"""Days that pass, and clocks that are set: what is of older days stays what it is."""
import datetime
import os
import shutil

import pytest

import protocol
from history_helpers import (Clocks, count, day_files, history_of, keys_sent, keys_stored, plain, ready, settle, sql,
                             wait_all_stored, wait_slowly)
from programs import ODYSSEY, preload, run
from test_history_samples import DAY_MS
from wire import wait_for

GAPS = "SELECT drone, first_seq, last_seq, state FROM gaps ORDER BY at"


@pytest.fixture
def clocks(place):
    return Clocks(place)


def again(d, clocks, opened, sources=None):
    """The daemon, started once more by the clocks as they are now."""
    opened.append(type(d)(d.place, *d.more, sources=sources or d.sources, name=d.name, state=d.state,
                          **clocks.env))
    return opened[-1]


def whole(d):
    return run([ODYSSEY, "history", "verify", "--history", history_of(d)], d.place)


def wait_rest(directory, n):
    """The n oldest days are at rest."""
    for day in day_files(directory)[:n]:
        wait_for(lambda p=day: plain(p, "SELECT value FROM marks WHERE key = 'finished'"), "the day at rest")


@pytest.mark.slow
@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_drone_that_slept_for_days_is_not_stored_again(clocks, fake, daemon, opened, end):
    """Flown on one day; others fly on the next three; a restart; then it is back, and its
    source still holds what it flew."""
    src = fake(drones=["X", "Y"])
    d = ready(src, daemon(sources=[src], **clocks.env))
    directory = history_of(d)
    src.samples(30, "X")
    for _ in range(5):
        src.sample("X", send=False)
    src.samples(30, "X")
    src.samples(60, "Y")
    wait_all_stored(directory, src)
    for days in range(2, 5):
        clocks.move(real_ms=DAY_MS)
        src.skew_ms += DAY_MS
        src.sample("Y")
        wait_for(lambda n=days: len(day_files(directory)) == n, "the next day")
    settle(d)
    getattr(d, end)()
    d = ready(src, again(d, clocks, opened))
    before = len(src.requests)
    src.samples(3, "X")
    src.sample("X", send=False)
    src.sample("X")
    src.sample("Y")
    wait_all_stored(directory, src)
    settle(d)
    assert whole(d)[0] == 0, whole(d)
    asked = [(r["from"], r["to"]) for _, r in src.requests[before:]
             if r.get("op") == "backfill" and r["drone"] == "X"]
    assert all(first >= 65 for first, _ in asked), asked
    assert keys_stored(directory) == keys_sent(src)


@pytest.mark.slow
def test_an_open_gap_is_open_however_long_nobody_logged(clocks, fake, daemon, opened):
    src, other = fake(drones=["X"]), fake(drones=["Y"], name="other")
    src.on_backfill = lambda r: []
    d = ready(src, daemon(sources=[src], **clocks.env))
    src.samples(5)
    for _ in range(5):
        src.sample(send=False)
    src.samples(5)
    wait_for(lambda: len(sql(history_of(d), GAPS)) == 1, "the gap")
    settle(d)
    d.stop()
    src.vanish()
    clocks.move(real_ms=30 * DAY_MS)
    d = ready(other, again(d, clocks, opened, [src, other]))
    other.skew_ms = 30 * DAY_MS
    other.sample()
    wait_for(lambda: len(day_files(history_of(d))) == 2, "a second day")
    wait_rest(history_of(d), 1)
    assert sql(history_of(d), GAPS)[0] == {"drone": "X", "first_seq": 5, "last_seq": 9, "state": "open"}


@pytest.mark.slow
@pytest.mark.parametrize("restarted", [False, True])
def test_a_gap_filled_while_the_clock_was_set_back_is_filled(clocks, fake, daemon, opened, restarted):
    """Midnight, a clock that is set back over it, and midnight again."""
    src = fake(drones=["X"])
    src.on_backfill = lambda r: []
    d = ready(src, daemon(sources=[src], **clocks.env))
    directory = history_of(d)
    src.samples(5)
    for _ in range(5):
        src.sample(send=False)
    src.samples(5)
    wait_for(lambda: len(sql(directory, GAPS)) == 1, "the gap")
    clocks.move(real_ms=DAY_MS)
    src.samples(5)
    wait_for(lambda: len(day_files(directory)) == 2, "the next day")
    wait_for(lambda: len(sql(directory, GAPS)) == 2 or
             plain(day_files(directory)[0], "SELECT value FROM marks WHERE key = 'finished'"), "it goes on there")
    clocks.move(real_ms=-DAY_MS)
    src.samples(5)
    settle(d)
    src.on_backfill = None
    wait_all_stored(directory, src)
    settle(d)
    if restarted:
        d.stop()
    clocks.move(real_ms=DAY_MS)
    if restarted:
        d = ready(src, again(d, clocks, opened))
    src.samples(5)
    wait_all_stored(directory, src)
    wait_rest(directory, 1)
    wait_for(lambda: {r["state"] for r in sql(directory, GAPS)} == {"filled"}, "it is filled everywhere")
    assert whole(d)[0] == 0, whole(d)


def test_a_sample_longer_than_the_queue_is_lost_and_holds_up_nothing(fake, daemon):
    src = fake()
    d = ready(src, daemon(sources=[src], ODYSSEY_HISTORY_QUEUE_MB="1"))
    src.samples(5)
    src.sample(send=False)
    row = src.recorded["F01", src.boot][5]
    row += [None] * (len(protocol.NAMES) - len(row)) + [os.urandom(2000000)]
    src.raw(b"tm.F01", protocol.pack(row))
    src.samples(5)
    for _ in range(5):
        src.sample(send=False)
    src.samples(5)
    wait_slowly(lambda: count(history_of(d)) >= 20, "the others")
    wait_for(lambda: len(sql(history_of(d), "SELECT 1 FROM gaps WHERE state = 'filled'")) == 1, "the other gap")
    gaps = sql(history_of(d), "SELECT first_seq, last_seq, why FROM gaps WHERE state = 'lost'")
    assert gaps == [{"first_seq": 5, "last_seq": 5, "why": "longer than history.queue_mb can hold"}]
    assert not [r for r in src.asked("backfill") if r["from"] <= 5 <= r["to"]]


def test_what_is_no_file_is_no_day(fake, daemon):
    """A directory or a pipe of a day's name is passed over, and nothing waits for it."""
    src = fake()
    d = ready(src, daemon(sources=[src]))
    src.samples(5)
    wait_all_stored(history_of(d), src)
    d.stop()
    (history_of(d) / "2020-01-01.db").mkdir()
    os.mkfifo(history_of(d) / "2020-01-02.db")
    d = ready(src, d.again())
    try:
        src.samples(5)
        wait_all_stored(history_of(d), src)
        assert whole(d)[0] == 0, whole(d)
    finally:
        d.end()


@pytest.mark.parametrize("days, kept", [("0", 4), ("0.5", 1), ("1", 1), ("1.5", 2), ("3", 3)])
def test_so_many_days_are_kept(fake, daemon, opened, days, kept):
    src = fake()
    d = ready(src, daemon(sources=[src]))
    src.samples(5)
    wait_all_stored(history_of(d), src)
    d.stop()
    [today] = day_files(history_of(d))
    for ago in (1, 2, 3):
        name = datetime.date.fromisoformat(today.stem) - datetime.timedelta(ago)
        shutil.copy(today, today.with_name("%s.db" % name))
    d.env["ODYSSEY_HISTORY_KEEP_DAYS"] = days
    opened.append(d.again())
    d = ready(src, opened[-1])
    src.samples(5)
    wait_for(lambda: len(day_files(history_of(d))) == kept, "%d days" % kept)
    settle(d)
    assert len(day_files(history_of(d))) == kept and day_files(history_of(d))[-1] == today


@pytest.mark.slow
@pytest.mark.parametrize("how", ["restart", "removed"])
def test_an_earlier_boot_of_days_ago_is_not_stored_again(clocks, fake, daemon, opened, how):
    """Flown with one boot on one day, with another three days later; then a restart and a hole,
    of which the source says that it holds the first boot too; or today's file is removed."""
    src = fake(drones=["X", "Y"])
    d = ready(src, daemon(sources=[src], **clocks.env))
    directory = history_of(d)
    earlier = src.boot
    src.samples(40, "X")
    src.samples(40, "Y")
    wait_all_stored(directory, src)
    for days in range(2, 5):
        clocks.move(real_ms=DAY_MS)
        src.skew_ms += DAY_MS
        src.sample("Y")
        wait_for(lambda n=days: len(day_files(directory)) == n, "the next day")
    src.boot = earlier + 3 * 86400
    for _ in range(10):
        src.sample("X")
    wait_all_stored(directory, src)
    settle(d)
    if how == "restart":
        d.stop()
        d = ready(src, again(d, clocks, opened))
    else:
        day_files(directory)[-1].unlink()
    src.sample("X", send=False)
    src.sample("X")
    wait_for(lambda: len(sql(directory, "SELECT 1 FROM telemetry WHERE drone = 'X' AND boot = %d" % src.boot)) == 12,
             "all of the later boot")
    wait_for(lambda: [r for r in src.asked("backfill") if r["drone"] == "X" and r["boot"] == earlier],
             "the earlier boot asked for")
    settle(d)
    wait_all_stored(directory, src)
    assert whole(d)[0] == 0, whole(d)


@pytest.mark.slow
def test_a_day_before_that_cannot_be_read_holds_up_today_for_two_minutes(clocks, fake, daemon, opened, place):
    """Until then what comes waits; then it is logged, it is said, and the day itself is left alone."""
    src = fake()
    d = ready(src, daemon(sources=[src], **clocks.env))
    src.samples(20)
    wait_all_stored(history_of(d), src)
    [before] = day_files(history_of(d))
    d.stop()
    held = before.read_bytes()
    clocks.move(real_ms=DAY_MS)
    fault = preload(place, "io_fault", READ_FAULT=str(place) + "/read-fault")
    with open(fault["READ_FAULT"], "w", encoding="ascii") as f:
        f.write(before.name)
    env = {**clocks.env, **fault, "LD_PRELOAD": clocks.env["LD_PRELOAD"] + " " + fault["LD_PRELOAD"]}
    opened.append(type(d)(d.place, *d.more, sources=d.sources, name=d.name, state=d.state, **env))
    d = ready(src, opened[-1])
    src.samples(5)
    d.wait_log("history is not written")
    assert day_files(history_of(d)) == [before]
    clocks.move(mono_ms=3 * 60 * 1000)
    src.sample()
    d.wait_log("cannot be read .*logging goes on without it")
    wait_slowly(lambda: count(history_of(d)) >= 26, "today logged")
    d.stop()
    os.unlink(fault["READ_FAULT"])
    assert before.read_bytes() == held
    assert set(keys_stored(history_of(d))) == set(keys_sent(src))


@pytest.mark.slow
def test_a_clock_that_is_wrong_at_the_start_deletes_no_day_at_once(clocks, fake, daemon, opened):
    src = fake()
    d = ready(src, daemon(sources=[src], ODYSSEY_HISTORY_KEEP_DAYS="30", **clocks.env))
    src.samples(5)
    wait_all_stored(history_of(d), src)
    [today] = day_files(history_of(d))
    d.stop()
    clocks.move(real_ms=400 * DAY_MS)
    opened.append(type(d)(d.place, *d.more, sources=d.sources, name=d.name, state=d.state,
                          ODYSSEY_HISTORY_KEEP_DAYS="30", **clocks.env))
    d = ready(src, opened[-1])
    src.sample()
    wait_for(lambda: len(day_files(history_of(d))) == 2, "a day to come")
    wait_rest(history_of(d), 1)
    assert today in day_files(history_of(d))
    clocks.move(mono_ms=11 * 60 * 1000)
    ready(src, d)
    src.sample()
    wait_for(lambda: today not in day_files(history_of(d)), "the old day deleted")


@pytest.mark.slow
@pytest.mark.parametrize("for_a_moment", [True, False])
def test_a_clock_that_is_wrong_for_a_moment_costs_no_day(clocks, fake, daemon, for_a_moment):
    """With keep_days, a year ahead makes every day too old; they go if that lasts ten minutes."""
    src = fake()
    d = ready(src, daemon(sources=[src], ODYSSEY_HISTORY_KEEP_DAYS="30", **clocks.env))
    src.samples(5)
    wait_all_stored(history_of(d), src)
    [today] = day_files(history_of(d))
    clocks.move(real_ms=400 * DAY_MS)
    src.sample()
    wait_for(lambda: len(day_files(history_of(d))) == 2, "a day to come")
    wait_rest(history_of(d), 1)
    if for_a_moment:
        clocks.move(real_ms=-400 * DAY_MS)
        src.sample()
        wait_all_stored(history_of(d), src)
    clocks.move(mono_ms=11 * 60 * 1000)
    ready(src, d)
    src.sample()
    if for_a_moment:
        wait_all_stored(history_of(d), src)
        settle(d)
        assert today in day_files(history_of(d))
    else:
        wait_for(lambda: today not in day_files(history_of(d)), "the old day deleted")
