"""Every sample that was sent is in the history exactly once, as it was sent."""
import os
import pathlib
import shutil
import time

import pytest

import protocol
from history_helpers import (Clocks, Load, ask_sql, backfilled_rows, check_values, count, day_files,
                             history_of, keys_sent, keys_stored, plain, ready, sealed_samples, seqs,
                             settle, sql, wait_all_stored)
from wire import wait_for

DAY_MS = 24 * 60 * 60 * 1000

FULL = dict(lat=-471412345, lon=-1795209001, alt=-1234, height=-5, speed=65535, climb=-32768,
            course=35999, heading=0, roll=-18000, pitch=9000, battery=0, voltage=65535,
            current=-2147483648, link=0, sats=0, fix=6, hdop=65535, mode=255, flags=65535,
            waypoint=1, waypoints=65535, home_lat=900000000, home_lon=-1800000000, airspeed=0,
            wind=1, wind_from=35999, used=4294967295)
NOTHING = {n: None for n in protocol.NAMES[3:]}


def send_odd_ones(src):
    """Samples of all shapes, on two drones and two boots; returns the arrays sent."""
    src.sample(**FULL)
    src.sample(**NOTHING)                         # three elements
    src.sample(**{**NOTHING, "used": 7})          # nils up to the last
    src.sample(**{n: v for n, v in FULL.items() if n not in ("lat", "lon")}, lat=None, lon=None)
    for more in ([1], [None], [None, 5], [{"new": [True, -1.5]}, "text", b"\x00\xff"]):
        grow(src, more)
    pad(src, 30)                                  # trailing nils are part of what was sent
    src.samples(25)
    src.sample("F02", seq=4294967290)
    src.sample(boot=src.boot + 1, seq=0, **FULL)  # a new boot
    for seq in (1, 2, 3):
        src.sample(boot=src.boot + 1, seq=seq)
    return {key: dict(held) for key, held in src.recorded.items()}


def grow(src, more):
    """A sample with elements past those known."""
    key = src.drones[0], src.boot
    src.sample(send=False, **FULL)
    row = src.recorded[key][max(src.recorded[key])]
    row += more
    src.raw(b"tm." + src.drones[0].encode(), protocol.pack(row))


def pad(src, length):
    key = src.drones[0], src.boot
    src.sample(send=False, **NOTHING)
    row = src.recorded[key][max(src.recorded[key])]
    row += [None] * (length - len(row))
    src.raw(b"tm." + src.drones[0].encode(), protocol.pack(row))


def check_all(d, src, holds=True):
    """Values by SQL, bytes' meaning by backfill."""
    directory = history_of(d)
    for (drone, boot), held in src.recorded.items():
        rows = sql(directory, "SELECT *, arrived, backfilled, length FROM telemetry WHERE drone ="
                   " '%s' AND boot = %d ORDER BY seq" % (drone, boot))
        assert [r["seq"] for r in rows] == sorted(held)
        for r in rows:
            check_values(r, held[r["seq"]])
            assert r["drone"] == drone and r["length"] == len(held[r["seq"]])
            assert abs(r["arrived"] - time.time() * 1000) < 2 * DAY_MS
        if holds:
            got, _ = backfilled_rows(d, drone, boot, 0, 2**32 - 1)
            assert got == [held[s] for s in sorted(held)]


def test_as_sent_and_once(fake, daemon):
    src = fake(drones=["F01", "F02"])
    d = ready(src, daemon(sources=[src]))
    send_odd_ones(src)
    settle(d)
    check_all(d, src)
    assert len(keys_stored(history_of(d))) == len(set(keys_stored(history_of(d))))


def test_after_a_restart(fake, daemon, opened):
    src = fake(drones=["F01", "F02"])
    d = ready(src, daemon(sources=[src]))
    send_odd_ones(src)
    settle(d)
    assert d.stop()[0] == 0
    opened.append(d.again())
    check_all(opened[-1], src)


@pytest.mark.slow
def test_sealed_after_a_while(place, fake, daemon):
    """The same after sealing as before; what comes later is there too."""
    clocks = Clocks(place)
    src = fake(drones=["F01", "F02"])
    d = ready(src, daemon(sources=[src], **clocks.env))
    send_odd_ones(src)
    sent = sum(len(h) for h in src.recorded.values())
    [day] = day_files(settle(d))
    assert sealed_samples(day) == 0
    clocks.move(mono_ms=40000)
    wait_for(lambda: sealed_samples(day) == sent, "all sealed")
    check_all(d, src)
    src.samples(20)
    settle(d)
    check_all(d, src)


@pytest.mark.slow
def test_sealed_by_much_load(fake, daemon):
    """A slot is sealed when it is full, while samples come in: none is missing, none twice."""
    src = fake()
    d = ready(src, daemon(sources=[src]))
    size = len(src.sample(send=False, **FULL, time=1000000))
    n = 1 + (7 << 19) // size                        # 3 MiB fill a slot
    for seq in range(1, n):
        src.sample(seq=seq, send=False, **FULL, time=1000000 + seq)
    bodies = [protocol.pack(row) for row in src.recorded["F01", src.boot].values()]
    for at in range(0, len(bodies), 500):
        src._call(lambda part=bodies[at:at + 500]: [src._pub.send_multipart([b"tm.F01", b])
                                                    for b in part])
    wait_for(lambda: count(history_of(d)) >= n, "%d samples" % n)
    [day] = day_files(history_of(d))
    wait_for(lambda: sealed_samples(day) > 0, "sealed rows")
    assert seqs(history_of(d), "F01", src.boot) == list(range(n))


def test_duplicates_are_one(fake, daemon):
    src = fake()
    d = ready(src, daemon(sources=[src]))
    body = src.sample()
    for _ in range(50):
        src.raw(b"tm.F01", body)
    src.samples(3)
    src.raw(b"tm.F01", body)
    directory = settle(d)
    src.raw(b"tm.F01", body)
    settle(d)
    assert seqs(directory, "F01", src.boot) == [0, 1, 2, 3]


def test_late_and_backfilled_at_once_is_one(fake, daemon):
    """The hole is filled by both at the same time."""
    src = fake()
    d = ready(src, daemon(sources=[src]))
    src.samples(3)
    late = [src.sample(send=False) for _ in range(40)]
    src.samples(3)
    wait_for(lambda: src.asked("backfill"), "a request")
    for body in reversed(late):
        src.raw(b"tm.F01", body)
    wait_all_stored(history_of(d), src)
    time.sleep(0.5)
    assert seqs(history_of(d), "F01", src.boot) == list(range(46))


def test_backfilled_rows_are_marked(fake, daemon):
    src = fake()
    d = ready(src, daemon(sources=[src]))
    src.samples(5)
    for _ in range(4):
        src.sample(send=False, **FULL)
    src.samples(5)
    wait_all_stored(history_of(d), src)
    rows = sql(history_of(d), "SELECT seq, backfilled FROM telemetry ORDER BY seq")
    assert [r["seq"] for r in rows if r["backfilled"]] == [5, 6, 7, 8]
    assert {r["backfilled"] for r in rows} == {0, 1}
    check_all(d, src)


def test_gap_rows_open_filled_lost(fake, daemon):
    src = fake()
    answers = {"hold": True}
    src.on_backfill = lambda r: [] if answers["hold"] else None
    d = ready(src, daemon(sources=[src]))
    src.samples(3)                                   # 0..2
    for _ in range(4):
        src.sample(send=False)                       # 3..6
    src.samples(3)                                   # 7..9
    for seq in (20, 21):
        src.sample(seq=seq)                          # 10..19 never were
    src.lost["F01", src.boot] = [[10, 19]]

    def gaps():
        return {(g["first_seq"], g["last_seq"], g["state"]): g for g in
                sql(history_of(d), "SELECT * FROM gaps ORDER BY first_seq")}
    wait_for(lambda: (3, 6, "open") in gaps() and (10, 19, "open") in gaps(), "two gaps open")
    for g in gaps().values():
        assert g["drone"] == "F01" and g["boot"] == src.boot and g["why"]
        assert abs(g["at"] - time.time() * 1000) < 60000
    answers["hold"] = False
    wait_for(lambda: (3, 6, "filled") in gaps() and (10, 19, "lost") in gaps(), "filled and lost")
    assert len(gaps()) == 2 and all(g["why"] for g in gaps().values())
    assert seqs(history_of(d), "F01", src.boot) == [*range(10), 20, 21]


def test_a_gap_filled_in_part_is_split(fake, daemon):
    src = fake()
    hidden = set(range(5, 8))

    def answer(r):
        held = src.recorded["F01", r["boot"]]
        found = [held[s] for s in sorted(held) if r["from"] <= s <= r["to"] and s not in hidden]
        return [(0, {"v": 1, "ok": True, "samples": found, "more": False,
                     "held": [[src.boot, 0, max(held)]], "lost": []})]
    src.on_backfill = answer
    d = ready(src, daemon(sources=[src]))
    src.samples(3)
    for _ in range(8):
        src.sample(send=False)                       # 3..10
    src.samples(3)

    def gaps():
        return sorted((g["first_seq"], g["last_seq"], g["state"]) for g in
                      sql(history_of(d), "SELECT * FROM gaps"))
    wait_for(lambda: gaps() == [(3, 4, "filled"), (5, 7, "open"), (8, 10, "filled")], "three parts")


def test_open_gaps_outlive_the_daemon(fake, daemon, opened):
    src = fake()
    src.on_backfill = lambda r: []
    d = ready(src, daemon(sources=[src]))
    src.samples(3)
    for _ in range(3):
        src.sample(send=False)
    src.samples(3)
    wait_for(lambda: sql(history_of(d), "SELECT * FROM gaps WHERE state = 'open'"), "a gap")
    d.kill()
    src.on_backfill = None
    opened.append(d.again())
    wait_all_stored(history_of(d), src)
    wait_for(lambda: sql(history_of(d), "SELECT first_seq, last_seq, state FROM gaps") ==
             [{"first_seq": 3, "last_seq": 5, "state": "filled"}], "filled")


def midnight(clocks, seconds):
    """Programs with these clocks have midnight (UTC) in so many seconds."""
    now = int(time.time() * 1000)
    clocks.move(real_ms=DAY_MS - now % DAY_MS - int(seconds * 1000))
    return clocks.real_ms


@pytest.mark.slow
def test_over_midnight(place, fake, daemon, opened):
    """Two days, two files; a hole and a flight go over the boundary, nothing is lost or doubled."""
    clocks = Clocks(place)
    src = fake(drones=["F01", "F02"], skew_ms=midnight(clocks, 5))
    src.boot = (src.now() // 1000) - 60
    src.on_backfill = lambda r: []
    d = ready(src, daemon(sources=[src], **clocks.env))
    directory = history_of(d)
    flying = protocol.POSITION | protocol.ARMED | protocol.IN_AIR
    src.samples(3)
    for _ in range(4):
        src.sample(send=False)
    lat = 471400000
    while len(day_files(directory)) < 2:
        lat += 1000
        src.sample("F01", flags=flying, lat=lat)
        src.sample("F02")
        time.sleep(0.1)
        assert src.last_time["F01", src.boot] % DAY_MS > 12 * 3600000 or \
            src.last_time["F01", src.boot] % DAY_MS < 15000, "no second file 15 s after midnight"
    for _ in range(10):
        lat += 1000
        src.sample("F01", flags=flying, lat=lat)
    src.samples(5, flags=protocol.POSITION)
    src.on_backfill = None
    wait_all_stored(directory, src)
    check_all(d, src)
    first, second = day_files(directory)
    wait_for(lambda: plain(first, "SELECT value FROM marks WHERE key = 'finished'"), "the day at rest")
    check_all(d, src)
    assert sealed_samples(first) > 30
    days = {r["day"]: r["n"] for r in sql(
        directory, "SELECT date(arrived / 1000, 'unixepoch') AS day, count(*) AS n FROM telemetry"
        " GROUP BY day")}
    assert sorted(days) == [first.stem, second.stem]
    states = sql(directory, "SELECT first_seq, last_seq, state FROM gaps")
    assert states == [{"first_seq": 3, "last_seq": 6, "state": "filled"}], states
    flights = sql(directory, "SELECT * FROM flights")
    assert len(flights) == 1, flights
    assert flights[0]["ended"] == "landed" and flights[0]["start"] // DAY_MS < flights[0]["end"] // DAY_MS
    d.stop()
    opened.append(d.again())
    check_all(opened[-1], src)


@pytest.mark.slow
def test_a_day_that_was_over_while_it_slept_is_put_to_rest(place, fake, daemon, opened):
    """Stopped on one day, started on another: the old one is sealed to the end."""
    src = fake(drones=["F01", "F02"])
    d = ready(src, daemon(sources=[src]))
    send_odd_ones(src)
    settle(d)
    d.stop()
    clocks = Clocks(place)
    clocks.move(real_ms=DAY_MS)
    opened.append(type(d)(d.place, *d.more, sources=d.sources, name=d.name, state=d.state,
                          **clocks.env))
    d = ready(src, opened[-1])
    src.skew_ms = DAY_MS
    sent = len(keys_sent(src))
    src.sample(boot=src.boot + 1)
    wait_for(lambda: len(day_files(history_of(d))) == 2, "a second day")
    first = day_files(history_of(d))[0]
    wait_for(lambda: plain(first, "SELECT value FROM marks WHERE key = 'finished'"), "the day at rest")
    assert sealed_samples(first) == sent
    wait_for(lambda: not pathlib.Path(str(first) + "-wal").exists() or
             os.path.getsize(str(first) + "-wal") == 0, "no log beside it")
    check_all(d, src)
    copy = pathlib.Path(place) / "one"
    copy.mkdir()
    shutil.copy(first, copy)
    assert ask_sql(copy, "SELECT count(*) FROM telemetry", "--csv")[1].split()[1] == str(sent)


def test_a_drone_that_no_roster_lists_is_remembered(fake, daemon, opened):
    """It was on the feed, and that made it the source's."""
    src = fake()
    d = ready(src, daemon(sources=[src]))
    src.sample("F02", seq=5)
    d.wait_drone("F02")
    settle(d)
    d.stop()
    src.vanish()
    opened.append(d.again())
    assert opened[-1].drone("F02")["source"] == src.name
    assert backfilled_rows(opened[-1], "F02", src.boot, 0, 9)[0] == [src.recorded["F02", src.boot][5]]


@pytest.mark.slow
def test_sixteen_bytes_a_sample(place, sim, daemon):
    """A simulated fleet's day at rest, all that is in the file counted."""
    clocks = Clocks(place)
    s = sim("--drones", "20", "--rate", "10", "--speedup", "20")
    d = ready(s, daemon(sources=[s], **clocks.env))
    wait_for(lambda: count(history_of(d)) > 40000, "40,000 samples")
    first = day_files(history_of(d))[0]
    clocks.move(real_ms=DAY_MS)
    wait_for(lambda: len(day_files(history_of(d))) == 2, "a second day")
    wait_for(lambda: plain(first, "SELECT value FROM marks WHERE key = 'finished'"), "the day at rest")
    # Pages that are free again are those of half a minute not sealed yet: little in a real day.
    pages, free, size = (plain(first, "PRAGMA " + what)[0][0]
                         for what in ("page_count", "freelist_count", "page_size"))
    assert (pages - free) * size / sealed_samples(first) <= 16


def test_many_sources_and_events(fake, daemon):
    """Events and the drones are there beside the samples."""
    one, two = fake(name="one", drones=["A1"]), fake(name="two", drones=["B1"])
    d = daemon(sources=[one, two])
    ready(one, d)
    ready(two, d)
    with Load(one), Load(two):
        one.event("hello; 'quoted' \"so\" é", "A1", 3)
        two.event("nobody's", None, 5)
        d.wait_drone("A1", "B1")
        time.sleep(0.5)
        name, reply = d.command("A1", "hold")
        assert reply["ok"]
    wait_all_stored(history_of(d), one, two)
    rows = sql(history_of(d), "SELECT drone, source, severity, text FROM events WHERE source IN"
               " ('one', 'two') ORDER BY severity")
    assert [r["text"] for r in rows] == ["hello; 'quoted' \"so\" é", "nobody's"]
    assert [r["drone"] for r in rows] == ["A1", None]
    wait_for(lambda: [r["stage"] for r in sql(
        history_of(d), "SELECT stage FROM commands WHERE id = '%s' ORDER BY arrived, rowid" % name)] ==
        ["sent", "accepted", "active", "done"], "the stages")
    drones = sql(history_of(d), "SELECT id, source, kind, model FROM drones ORDER BY id")
    assert [(r["id"], r["source"], r["kind"]) for r in drones] == [("A1", "one", "sim"),
                                                                  ("B1", "two", "sim")]
