"""The generated day of `make bench-day` is what a daemon leaves: the same feed put straight
into the file and through the history's writer gives the same history."""
import sqlite3
import statistics
import subprocess

import pytest

from history_helpers import sql_csv
from programs import BUILD, ODYSSEY, run

DRONES, SECONDS = 12, 600
DAY = "2026-11-19.db"
TABLES = {
    "telemetry": "", "events": " WHERE text <> 'the next day'", "commands": "", "alarms": "", "orders": "",
    "gaps": "", "flights": " WHERE \"end\" IS NOT NULL",
}


def day_make(what, directory):
    subprocess.run([BUILD / "bench/day_make", what, directory, str(DRONES), str(SECONDS)], check=True,
                   capture_output=True, timeout=120)


@pytest.fixture(scope="module")
def days(tmp_path_factory):
    """The day made, the same written, and both once the next has begun."""
    top = tmp_path_factory.mktemp("days")
    for what in ("make", "write"):
        day_make(what, top / what)
    contents = {what: everything(top / what) for what in ("make", "write")}
    rows = sealed(top / "make")
    for what in ("make", "write"):
        day_make("rest", top / what)
    return top, contents, rows


def everything(directory):
    return {t: sorted(sql_csv(directory, "SELECT * FROM %s%s" % (t, where))) for t, where in TABLES.items()}


def sealed(directory):
    db = sqlite3.connect(directory / DAY)
    try:
        return [r[0] for r in db.execute("SELECT count FROM sealed ORDER BY id")]
    finally:
        db.close()


@pytest.mark.parametrize("table", TABLES)
def test_made_and_written_are_the_same(days, table):
    _, contents, _ = days
    assert contents["make"][table] == contents["write"][table]
    assert len(contents["make"][table]) > (1000 if table == "telemetry" else 3)


def test_it_has_what_a_day_has(days):
    _, contents, _ = days
    telemetry = contents["make"]["telemetry"]
    assert len({r[0] for r in telemetry}) == DRONES
    states = {r[4] for r in contents["make"]["gaps"]}
    assert {"filled", "lost"} <= states, states


def test_rows_are_as_long_as_live_sealing_makes_them(days):
    _, _, rows = days
    assert statistics.median(rows) == 300, rows   # 30 s at 10 Hz


@pytest.mark.parametrize("what", ("make", "write"))
def test_both_end_the_same(days, what):
    top, contents, _ = days
    after = everything(top / what)
    for table in TABLES:
        assert after[table] == contents["make"][table], table
    code, out, err = run([ODYSSEY, "history", "--history", top / what, "verify"], "/", 60)
    assert code == 0, out + err
