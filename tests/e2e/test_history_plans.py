"""Missions and fences of then in the history: what a source said a drone was to fly, value for value."""
import json
import os
import sqlite3

import pytest

import protocol
from history_helpers import count, day_files, history_of, ready, sql
from wire import wait_for

EMPTY = {"mission": [], "fence": [], "rally": []}
SURVEY = {"mission": [{"lat": 47.1 + n / 1000, "lon": 9.5, "height": 30, "speed": 4.5, "hold": 2}
                      for n in range(5)],
          "fence": [{"kind": "in", "points": [[47.0, 9.4], [47.0, 9.6], [47.2, 9.6], [47.2, 9.4]],
                     "floor": 5, "ceiling": 120.0},
                    {"kind": "out", "center": [47.1, 9.5], "radius": 40}],
          "rally": [[47.1, 9.5, 20.0], [47.11, 9.51, 25]], "wind_limit": {"gusts": [9, 12.5]}}


def answers(plans):
    """plans: drone: (rev, plan), looked at when it is asked for."""
    def answer(request):
        if request["op"] != "plan":
            return None
        rev, plan = plans.get(request["drone"], (1, EMPTY))
        return [(0, {"v": 1, "ok": True, "rev": rev, **plan})]
    return answer


def change(src, plans, drone, rev, plan):
    plans[drone] = (rev, plan)
    src.publish("pl." + drone, {"drone": drone, "rev": rev, "time": src.now()})


def stored(d, drone):
    """(rev, what it says) of each row, oldest first."""
    return [(r["rev"], json.loads(r["content"])) for r in sql(
        history_of(d), "SELECT rev, content FROM plans WHERE drone = '%s' ORDER BY at" % drone)]


def wait_stored(d, drone, revs):
    wait_for(lambda: [rev for rev, _ in stored(d, drone)] == revs, "%r of %s" % (revs, drone))
    return stored(d, drone)


@pytest.fixture
def flown(fake, daemon):
    src, plans = fake(drones=["F01", "F02"]), {}
    src.on_any = answers(plans)
    d = ready(src, daemon(sources=[src]))
    return src, plans, d


def test_each_change_is_a_row(flown):
    src, plans, d = flown
    plans["F01"] = (3, SURVEY)
    src.samples(3, "F01")
    src.samples(3, "F02")
    [(_, first)] = wait_stored(d, "F01", [3])
    assert first == {"rev": 3, **SURVEY}
    assert wait_stored(d, "F02", [1]) == [(1, {"rev": 1, **EMPTY})]
    short = {**SURVEY, "mission": SURVEY["mission"][:2]}
    change(src, plans, "F01", 4, short)
    wait_stored(d, "F01", [3, 4])
    # Said again without being another; then it is cleared.
    change(src, plans, "F01", 4, short)
    wait_for(lambda: [r["drone"] for r in src.asked("plan")].count("F01") >= 3, "asked again")
    change(src, plans, "F01", 5, EMPTY)
    rows = wait_stored(d, "F01", [3, 4, 5])
    assert [len(c["mission"]) for _, c in rows] == [5, 2, 0]
    counts = sql(history_of(d), "SELECT items, fences, rallies, at = arrived AS same FROM plans"
                                " WHERE drone = 'F01' ORDER BY at")
    assert [tuple(c.values()) for c in counts] == [(5, 2, 2, 1), (2, 2, 2, 1), (0, 0, 0, 1)]


def test_the_same_bytes(flown):
    """Floats stay floats and integers integers; only v and ok, which every reply has, are left out."""
    src, plans, d = flown
    plans["F01"] = (7, SURVEY)
    src.samples(3, "F01")
    wait_stored(d, "F01", [7])
    d.stop()
    with sqlite3.connect("file:%s?mode=ro" % day_files(history_of(d))[0], uri=True) as db:
        [(content,)] = db.execute("SELECT content FROM plans WHERE drone = 'F01'").fetchall()
    assert content == protocol.pack({"rev": 7, **SURVEY})


def test_a_restart_adds_nothing(flown):
    src, plans, d = flown
    plans["F01"] = (3, SURVEY)
    src.samples(3, "F01")
    wait_stored(d, "F01", [3])
    for n in range(2):
        d.stop() if n else d.kill()
        asked = len(src.asked("plan"))
        d = d.again()
        d.wait_up(src)
        try:
            wait_for(lambda: src.sample("F01") and len(src.asked("plan")) > asked, "asked by the new one")
            had = count(history_of(d))
            wait_for(lambda: src.sample("F01") and count(history_of(d)) > had, "what came after")
            assert [rev for rev, _ in stored(d, "F01")] == [3]
        finally:
            d.stop()


def test_a_file_that_is_lost_is_filled_again(flown):
    """The daemon asks for all plans anew: what the file held is nowhere else."""
    src, plans, d = flown
    plans["F01"], plans["F02"] = (3, SURVEY), (2, EMPTY)
    src.samples(3, "F01")
    src.samples(3, "F02")
    wait_stored(d, "F01", [3])
    wait_stored(d, "F02", [2])
    for path in history_of(d).iterdir():
        os.unlink(path)
    wait_for(lambda: src.sample("F01") and list(history_of(d).glob("*.db")), "a new file")
    assert wait_stored(d, "F01", [3]) == [(3, {"rev": 3, **SURVEY})]
    wait_stored(d, "F02", [2])


@pytest.mark.parametrize("reply", [
    {"v": 1, "ok": False, "code": "unknown-drone", "text": "Not known yet."},
    {"v": 1, "ok": True, "mission": []},
    {"v": 1, "ok": True, "rev": 3, "mission": [{"lat": 91.0, "lon": 0.0, "height": 3}]},
    b"\xc1",
])
def test_what_is_no_plan_is_none(flown, reply):
    src, plans, d = flown
    first = [reply]
    usual = src.on_any
    src.on_any = lambda r: [(0, first.pop())] if r["op"] == "plan" and r["drone"] == "F01" and first else usual(r)
    src.samples(3, "F01")
    src.samples(3, "F02")
    wait_stored(d, "F02", [1])
    assert not first and stored(d, "F01") == []
    change(src, plans, "F01", 9, SURVEY)
    wait_stored(d, "F01", [9])


def test_of_another_daemon_s_drones_too(flown, daemon):
    src, plans, site = flown
    plans["F01"] = (3, SURVEY)
    hq = daemon("--name", "hq", sources=[site], name="hq")
    hq.wait_up(site)
    src.samples(3, "F01")
    wait_for(lambda: src.sample("F01") and stored(hq, "F01"), "a row at the second")
    assert stored(hq, "F01") == [(3, {"rev": 3, **SURVEY})]
    change(src, plans, "F01", 4, EMPTY)
    assert wait_stored(hq, "F01", [3, 4]) == wait_stored(site, "F01", [3, 4])


@pytest.mark.slow
def test_what_the_history_has_no_room_for_is_asked_for_again(fake, daemon):
    """A locked file and missions of half a megabyte: nothing waits, and the last is stored once it can be."""
    src, plans = fake(drones=["F01"]), {"F01": (1, EMPTY)}
    src.on_any = answers(plans)
    d = ready(src, daemon(sources=[src], ODYSSEY_HISTORY_QUEUE_MB="2"))
    src.samples(3)
    wait_stored(d, "F01", [1])
    other = sqlite3.connect(day_files(history_of(d))[0], timeout=10, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")

    def asked_soon(rev):
        """After one that was refused the daemon takes its time to ask again."""
        asked = len(src.asked("plan"))
        change(src, plans, "F01", rev, {**EMPTY, "mission": SURVEY["mission"][:1] * 12000 + [
            {"lat": 47.0, "lon": 9.0, "height": rev}]})
        try:
            return wait_for(lambda: len(src.asked("plan")) > asked, timeout=3)
        except AssertionError:
            return False
    last = next(rev for rev in range(2, 60) if not asked_soon(rev))
    assert d.ask("roster")["ok"]
    other.execute("ROLLBACK")
    other.close()

    def kept():
        return [r["rev"] for r in sql(history_of(d), "SELECT rev FROM plans ORDER BY at")]
    wait_for(lambda: src.sample("F01") and kept()[-1] == last, "the last", 40)
    assert last - 1 not in kept() and len(kept()) < last, "nothing was refused"
    assert stored(d, "F01")[-1][1]["mission"][-1]["height"] == last


def test_a_change_while_the_daemon_between_was_away(flown, daemon):
    """Nobody tells of it: who asks a daemon that has just started is refused at first."""
    src, plans, site = flown
    plans["F01"] = (3, SURVEY)
    hq = daemon("--name", "hq", sources=[site], name="hq")
    hq.wait_up(site)
    wait_for(lambda: src.sample("F01") and [rev for rev, _ in stored(hq, "F01")] == [3], "a row at the second")
    site.kill()
    src.vanish()
    plans["F01"] = (4, EMPTY)
    # A boot is told in seconds: one of the same second is no other.
    wait_for(lambda: src.now() > (site.hello["boot"] + 1) * 1000, "another second")
    site = site.again()
    try:
        wait_for(lambda: sql(history_of(hq), "SELECT 1 FROM events WHERE text LIKE '%has restarted'"), "it to be noticed")
        wait_for(lambda: hq.ask("plan", drone="F01").get("code") == "unavailable", "refused, as itself was before")
        src.appear()
        site.wait_up(src)
        wait_for(lambda: src.sample("F01") and [rev for rev, _ in stored(hq, "F01")] == [3, 4], "the other plan")
    finally:
        site.stop()
