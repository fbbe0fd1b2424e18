"""odyssey sql over the whole history: what it gives, and that it only reads."""
import contextlib
import csv
import hashlib
import io
import json
import os
import pathlib
import random
import re
import shutil
import sqlite3
import subprocess
import time

import pytest

import protocol
from history_helpers import (Clocks, Load, ask_sql, check_values, count, day_files, history_of, keys_sent, plain,
                             ready, sealed_samples, settle, sql, wait_all_stored)
from programs import BUILD, ODYSSEY, clean_environment
from test_daemon_feed import BAD
from wire import wait_for


@pytest.fixture
def filled(fake, daemon):
    """A source with three drones, a daemon that has logged 20 samples of each."""
    src = fake(drones=["F01", "F02", "F03"])
    d = ready(src, daemon(sources=[src]))
    for drone in src.drones:
        src.samples(20, drone, lat=471234567, current=None)
    src.event("a \"quoted\", text; \u00e9", "F01", 3)
    settle(d)
    return src, d


def state_of(directory):
    """Every file with its bytes and time of change, but for an empty log and its index that
    SQLite lays beside what it reads."""
    return {p.name: (hashlib.sha256(p.read_bytes()).hexdigest(), p.stat().st_mtime_ns)
            for p in pathlib.Path(directory).iterdir() if not p.name.endswith("-shm") and
            not (p.name.endswith("-wal") and p.stat().st_size == 0)}


WRITES = [
    "DELETE FROM telemetry", "INSERT INTO events(text) VALUES('x')", "UPDATE flights SET drone = 'x'",
    "DROP TABLE telemetry", "CREATE TABLE t(a)", "CREATE TEMP TABLE t(a)", "CREATE VIEW v AS SELECT 1",
    "ATTACH '{0}/new.db' AS new", "ATTACH '{1}' AS day", "VACUUM", "VACUUM INTO '{0}/copy.db'",
    "PRAGMA user_version = 7", "PRAGMA journal_mode = DELETE", "PRAGMA writable_schema = 1",
    "BEGIN IMMEDIATE", "SELECT load_extension('{0}/x.so')", "ANALYZE",
    "SELECT 1; DELETE FROM events", "CREATE VIRTUAL TABLE v USING odyssey_telemetry('{0}')",
    "SELECT writefile('{0}/new.db', 'x')", "DETACH main",
]


def test_writes_are_refused(filled, place):
    _, d = filled
    d.stop()
    directory = history_of(d)
    [day] = day_files(directory)
    before = state_of(directory)
    for statement in WRITES:
        code, _, err = ask_sql(directory, statement.format(place, day))
        assert code == 1 and err.startswith("odyssey sql: ") and len(err.splitlines()) == 1, (statement, err)
        assert state_of(directory) == before, statement
    assert not [p for p in pathlib.Path(place).iterdir() if p.name in ("new.db", "copy.db")]


def test_reading_changes_nothing(filled):
    _, d = filled
    d.stop()
    directory = history_of(d)
    before = state_of(directory)
    assert count(directory) == 60
    assert len(sql(directory, "SELECT * FROM events WHERE source = 'fake'")) == 1
    assert state_of(directory) == before


def test_json_lines_and_csv_say_the_same(filled):
    src, d = filled
    statement = "SELECT * FROM telemetry WHERE drone = 'F02' ORDER BY seq"
    rows = sql(history_of(d), statement)
    code, out, _ = ask_sql(history_of(d), statement, "--csv")
    table = list(csv.reader(io.StringIO(out, newline="")))
    assert code == 0 and table[0] == ["drone", *protocol.NAMES] and len(table) == 21
    for row, line in zip(rows, table[1:]):
        check_values(row, src.recorded["F02", src.boot][row["seq"]])
        for name, text in zip(table[0], line):
            value = row[name]
            assert text == ("" if value is None else text)
            assert value is None or isinstance(value, str) or float(text) == value
        assert row["lat"] == 47.1234567 and row["current"] is None


def test_texts_survive_json_and_csv(filled):
    _, d = filled
    statement = "SELECT text, NULL AS none, '' AS empty, x'00ff' AS bytes FROM events WHERE source = 'fake'"
    [row] = sql(history_of(d), statement)
    assert row["text"] == 'a "quoted", text; \u00e9' and row["none"] is None and row["empty"] == ""
    _, out, _ = ask_sql(history_of(d), statement, "--csv")
    assert list(csv.reader(io.StringIO(out, newline="")))[1][0] == row["text"]
    code, out, _ = ask_sql(history_of(d), statement)
    assert code == 0 and row["text"] in out


NUMBERS = ["1795252504250.5", "9007199254740993", "-0.1", "1e300", "9e999", "-9e999",
           "9223372036854775807", "0.000000123456789"]


def test_numbers_are_whole_and_json(filled):
    """Also those that are not finite: JSON has no word for them."""
    _, d = filled

    def no_word(word):
        raise AssertionError("%s is no JSON" % word)
    for value in NUMBERS:
        code, out, err = ask_sql(history_of(d), "SELECT %s AS v" % value, "--json")
        assert code == 0, err
        got = json.loads(out, parse_constant=no_word)["v"]
        if "e999" in value:
            assert got is None or isinstance(got, str), value
        else:
            assert got == (float(value) if "." in value or "e" in value else int(value)), value


def test_constraints_are_used(filled):
    """EXPLAIN QUERY PLAN shows the letters of those that narrow the scan."""
    _, d = filled

    def plan(where):
        code, out, err = ask_sql(history_of(d), "EXPLAIN QUERY PLAN SELECT lat FROM telemetry WHERE "
                                 + where, "--csv")
        assert code == 0 and "VIRTUAL TABLE" in out, err
        return out.strip().rsplit(":", 1)[1].strip('"')
    assert set(plan("drone = 'F01' AND time BETWEEN 5 AND 9")) == set("duv")
    assert set(plan("drone = 'F01' AND boot = 3 AND seq >= 4 AND seq < 6")) == set("dbpq")
    assert set(plan("time = 5")) == set("t")
    assert plan("lat > 4") == ""


def test_constraints_give_what_a_full_scan_gives(filled):
    src, d = filled
    times = sorted(r[2] for held in src.recorded.values() for r in held.values())
    a, b = times[10], times[40]
    for where in ("drone = 'F02'", "drone IN ('F01', 'F03')", "time >= %d" % a, "time BETWEEN %d AND %d" % (a, b),
                  "time > %d.5 AND time < %d.5" % (a, b), "seq = 7", "seq > 3 AND seq <= 9", "boot = %d" % src.boot,
                  "boot = 1", "drone = 'nobody'", "drone = 'F02' AND time = %d" % a,
                  "drone = NULL", "drone LIKE 'F0%%'", "NOT drone = 'F01'", "drone = 'f01' COLLATE NOCASE"):
        narrowed = sql(history_of(d), "SELECT drone, seq FROM telemetry WHERE %s ORDER BY 1, 2" % where)
        # The plus takes a column out of the planner's hands.
        for name in ("drone", "time", "seq", "boot"):
            where = where.replace(name + " ", "+%s " % name)
        assert narrowed == sql(history_of(d),
                               "SELECT drone, seq FROM telemetry WHERE %s ORDER BY 1, 2" % where), where


# Table, condition, rows of it in one day.
EITHER_OR = [
    ("telemetry", "(drone = 'F01' AND seq < 5) OR (drone = 'F02' AND seq < 5)", 10),
    ("telemetry", "drone = 'F01' OR seq = 3", 22),
    ("telemetry", "(drone = 'F01' AND boot > 0) OR (drone = 'F01' AND seq < 5) OR drone = 'F03'", 40),
    ("drones", "(id = 'F01' AND no > 0) OR (id = 'F02' AND no > 0)", 2),
    ("drones", "(id = 'F01' AND no > 0) OR (id = 'F01' AND at > 0)", 1),
    ("plans", "(drone = 'F01' AND items = 1) OR (drone = 'F03' AND rev = 3)", 2),
]


@pytest.mark.parametrize("table, where, n", EITHER_OR)
def test_either_or_is_asked_twice_and_gives_each_row_once(filled, table, where, n):
    """SQLite asks for each side by itself, and must know a row again that both give."""
    _, d = filled
    wait_for(lambda: len(sql(history_of(d), "SELECT 1 FROM plans")) == 3, "the plans")
    d.stop()
    [day] = day_files(history_of(d))
    question = "SELECT * FROM %s WHERE %s" % (table, where)
    assert len(sql(history_of(d), question)) == n
    if table != "telemetry":  # no sample is in two days
        shutil.copy(day, day.with_name("2020-02-29.db"))
        assert len(sql(history_of(d), question)) == 2 * n


# What a column is compared with: what it can be, what it cannot, and what is no number at all.
COMPARED = {
    "drone": ["'F01'", "'F02'", "'f01'", "'nobody'", "NULL", "5", "x'463031'", "lower('F01')", "'F03' COLLATE NOCASE"],
    "boot": ["{boot}", "{boot} + 1", "4294967295", "-1", "4294967296", "'5'", "5.5", "NULL", "1e300"],
    "seq": ["0", "3", "3.5", "-1", "4294967295", "4294967296", "'7'", "NULL", "'x'", "9e18", "-9e18", "1e19"],
    "time": ["0", "1", "{time}", "9223372036854775807", "-1", "1e19", "-1e19", "9223372036854775807.0", "'0'", "NULL"],
}


def condition(chance, depth=0):
    if depth < 2 and chance.random() < 0.45:
        return "(%s %s %s)" % (condition(chance, depth + 1), chance.choice(["AND", "OR", "AND NOT"]),
                               condition(chance, depth + 1))
    column = chance.choice(list(COMPARED))
    return "%s %s" % (column, chance.choice([
        "%s %s" % (chance.choice(["=", "<", "<=", ">", ">=", "<>"]), chance.choice(COMPARED[column])),
        "IN (%s)" % ", ".join(chance.sample(COMPARED[column], 3)),
        "BETWEEN %s AND %s" % tuple(chance.sample(COMPARED[column], 2)),
        "IS %s" % chance.choice(COMPARED[column]), "LIKE 'f%'", "IS NOT NULL"]))


def test_any_condition_gives_what_a_plain_table_gives(place, fake, daemon):
    """Sealed rows and plain ones of two days, of moments and numbers that are hardly possible,
    against a table of SQLite's own with the same rows."""
    clocks = Clocks(place)
    src = fake(drones=["F01", "F02", "F03"])
    src.on_backfill = lambda r: []
    d = ready(src, daemon(sources=[src], **clocks.env))
    seed = time.time_ns()
    chance = random.Random(seed)

    def send(n):
        for _ in range(n):
            drone, boot = chance.choice(src.drones), chance.choice([1, src.boot, src.boot + 1, 4294967295])
            held = src.recorded[drone, boot]
            seq = chance.choice([len(held), chance.randrange(50), 4294967295, 4294967294, 1 << 31])
            if seq not in held:
                at = chance.choice([0, 1, (1 << 63) - 1, 253402300800000, src.now(), src.now(), src.now()])
                src.sample(drone, boot=boot, seq=seq, time=at)
    send(200)
    settle(d)
    clocks.move(mono_ms=60000)
    [day] = day_files(history_of(d))
    wait_for(lambda: sealed_samples(day) == len(keys_sent(src)), "all sealed")
    send(100)
    clocks.move(real_ms=24 * 60 * 60 * 1000)
    send(100)
    wait_all_stored(history_of(d), src)
    questions = ["SELECT drone, boot, seq, time FROM telemetry WHERE %s ORDER BY 1, 2, 3" %
                 condition(chance).format(boot=src.boot, time=src.now() - 100) for _ in range(150)]
    with contextlib.closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE TABLE telemetry(drone TEXT, boot INTEGER, seq INTEGER, time INTEGER)")
        db.executemany("INSERT INTO telemetry VALUES(?, ?, ?, ?)", keys_sent(src))
        for question in questions:
            code, out, err = ask_sql(history_of(d), question, "--csv")
            assert code == 0, (question, err)
            got = [tuple(r) for r in csv.reader(io.StringIO(out))][1:]
            wanted = [tuple(str(v) for v in r) for r in db.execute(question)]
            assert got == wanted, (seed, question, len(got), len(wanted))


def test_a_plan_s_points_are_rows(filled):
    wait_for(lambda: len(sql(history_of(filled[1]), "SELECT 1 FROM plans")) == 3, "the plans")
    rows = sql(history_of(filled[1]), "SELECT drone, json_extract(p.value, '$.height') AS height"
               " FROM plans, json_each(content, '$.mission') p ORDER BY drone")
    assert rows == [{"drone": drone, "height": 30} for drone in ("F01", "F02", "F03")]


def test_while_the_daemon_writes(fake, daemon):
    src = fake(drones=["F%02d" % n for n in range(20)])
    d = ready(src, daemon(sources=[src]))
    seen = []
    with Load(src):
        end = time.monotonic() + 3
        while time.monotonic() < end:
            [r] = sql(history_of(d), "SELECT count(*) AS n, count(DISTINCT drone || seq) AS u,"
                      " max(time) - 0 AS t FROM telemetry")
            assert r["n"] == r["u"]
            seen.append(r["n"])
    assert seen == sorted(seen) and seen[-1] > seen[0]
    assert not [line for line in d.lines if "history" in line and "warning" in line]


def test_on_a_copy_and_on_one_day_alone(filled, place):
    """The directory may be copied elsewhere, and may be read-only there."""
    _, d = filled
    copied = pathlib.Path(place) / "copied"
    shutil.copytree(history_of(d), copied)  # with its log, under way
    assert count(copied) == 60
    d.stop()
    alone = pathlib.Path(place) / "alone"
    alone.mkdir()
    [day] = day_files(history_of(d))
    shutil.copy(day, alone)
    alone.chmod(0o555)
    assert count(alone) == 60
    assert sorted(p.name for p in alone.iterdir() if p.suffix == ".db") == [day.name]


def test_what_is_wrong_is_said(filled):
    for statement, says in (("SELECT nowhere FROM telemetry", "nowhere"), ("SELEC 1", "SELEC"),
                            ("SELECT * FROM nowhere", "nowhere"), ("", ""), (";", "")):
        code, out, err = ask_sql(history_of(filled[1]), statement)
        if statement.strip(";"):
            assert code == 1 and says in err and len(err.splitlines()) == 1, statement
        assert code in (0, 1, 2) and out == "", statement


def test_where_there_is_no_history(place):
    code, _, err = ask_sql(place + "/nowhere", "SELECT 1")
    assert code == 1 and place + "/nowhere" in err and "--history" in err


def test_a_full_pipe_or_disk_is_an_error(filled):
    args = [ODYSSEY, "sql", "--history", history_of(filled[1]), "SELECT * FROM telemetry"]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(args, stdout=full, stderr=subprocess.PIPE, env=clean_environment("/"),
                              timeout=20, check=False)
    assert done.returncode == 1 and done.stderr


def test_several_days_are_one_table(filled, place):
    """Any file of the name of a day is one."""
    _, d = filled
    d.stop()
    [day] = day_files(history_of(d))
    shutil.copy(day, day.with_name("2020-02-29.db"))
    shutil.copy(day, day.with_name("2020-02-29.damaged-1.db"))
    shutil.copy(day, day.with_name("notes.db"))
    assert count(history_of(d)) == 120


PAGE = pathlib.Path(__file__).parents[2] / "man/odyssey-history.7"
TABLES = ("telemetry", "events", "commands", "alarms", "orders", "flights", "gaps", "rejects", "drones", "plans")


def test_tables_and_columns_are_in_the_manual(filled):
    """man 7 odyssey-history against what the program says."""
    page = PAGE.read_text(encoding="utf-8")
    for table in TABLES:
        hidden = ", arrived, backfilled, length" if table == "telemetry" else ""
        code, out, err = ask_sql(history_of(filled[1]), "SELECT *%s FROM %s LIMIT 0" % (hidden, table), "--csv")
        assert code == 0, err
        section = page.split("\n.Ss %s\n" % table)[1].split("\n.Ss ")[0].split("\n.Sh ")[0]
        assert re.findall(r"\.It Va (\w+) Ta", section) == out.strip().split(","), table


def test_the_files_own_tables_are_in_the_manual(filled):
    [day] = day_files(history_of(filled[1]))
    page = PAGE.read_text(encoding="utf-8")
    for (name,) in plain(day, "SELECT name FROM sqlite_master WHERE type = 'table'"):
        assert name in TABLES or ".It Ic %s" % name in page, name


def test_rejects_hold_bytes_topic_source_and_reason(fake, daemon):
    src = fake()
    d = ready(src, daemon(sources=[src]))
    src.sample()
    for topic, body in BAD.values():
        src.raw(topic, body)
    src.raw(b"tm.F01", protocol.pack([1, 2, 3]), b"third")
    wait_for(lambda: len(sql(history_of(d), "SELECT 1 FROM rejects")) >= len(BAD) + 1, "the rejects")
    rows = sql(history_of(d), "SELECT arrived, source, hex(topic) AS topic, hex(body) AS body, reason,"
               " detail FROM rejects ORDER BY rowid")
    page = (pathlib.Path(__file__).parents[2] / "man/odyssey-protocol.7").read_text(encoding="utf-8")
    assert len(rows) == len(BAD) + 1
    for (name, (topic, body)), row in zip(BAD.items(), rows):
        stored = bytes.fromhex(row["body"])
        assert bytes.fromhex(row["topic"]) == topic[:256], name
        assert stored == body[:len(stored)] and len(stored) == min(len(body), 65536), name
        assert row["source"] == "fake" and row["detail"], name
        assert row["reason"] in page, (name, row["reason"])
        assert abs(row["arrived"] - time.time() * 1000) < 60000
    assert len({r["reason"] for r in rows}) > 3
    assert count(history_of(d)) == 1


def test_a_flood_of_rejects_is_bounded(fake, daemon):
    """A megabyte a second is kept; the rest is only counted."""
    src = fake()
    d = ready(src, daemon(sources=[src]))
    start = time.monotonic()
    for _ in range(600):
        src.raw(b"tm.F01", b"\xc1" * 65536)
    seconds = time.monotonic() - start
    src.sample()
    wait_for(lambda: count(history_of(d)) == 1, "a good one behind them")
    [kept] = sql(history_of(d), "SELECT sum(length(body)) AS n FROM rejects")
    assert 500000 < kept["n"] <= (seconds + 2) * (1 << 20)
    assert d.source(src.feed)["received"] >= 601


def test_the_extension_for_sqlite3(filled):
    library = BUILD / "odyssey_history.so"
    if not library.exists() or not shutil.which("sqlite3"):
        pytest.skip("no odyssey_history.so was built, or there is no sqlite3 shell")
    if b"__asan_init" in library.read_bytes() or b"__tsan_init" in library.read_bytes():
        pytest.skip("the sqlite3 shell cannot load a library built with a sanitizer")
    done = subprocess.run(
        ["sqlite3", "-cmd", ".load %s" % library.with_suffix(""), ":memory:",
         "SELECT odyssey_open('%s'); SELECT count(*), min(lat) FROM telemetry;" % history_of(filled[1])],
        capture_output=True, text=True, timeout=20, check=False)
    assert done.stdout.splitlines()[-1] == "60|47.1234567", done.stderr
    assert os.path.exists(library)
