#!/usr/bin/env python3
"""The history under what takes minutes: `make soak`.

	lock      another program holds the database for SOAK_LOCK_S (300) seconds
	full      its disk, a small tmpfs (root only), is full to the last byte for SOAK_FULL_S (180)
	kill      the daemon is killed with SIGKILL SOAK_KILLS (25) times
	restart   the simulator is killed and started SOAK_RESTARTS (8) times

each under SOAK_DRONES (500) at 10 Hz. Afterwards everything that the source holds must be
stored, once, `odyssey history verify` must find nothing, memory must have stayed bounded, and an
outage must have been said once. `make soak SOAK=lock` runs one part.
"""
import argparse
import json
import os
import pathlib
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import shutil
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/e2e"))

from history_helpers import SmallDisk, history_of, memory_kb, sql  # noqa: E402
from programs import BUILD, ODYSSEY, Daemon, Sim, run  # noqa: E402

DRONES = int(os.environ.get("SOAK_DRONES", "500"))
RATE = 10
QUEUE_MB = 48
results = []


def report(what, value, unit, bar, at_most=True):
    ok = value <= bar if at_most else value >= bar
    results.append(ok)
    print(f"{'ok  ' if ok else 'MISS'}  {what:<62} {value:>12.6g} {unit:<10} {'<=' if at_most else '>='} {bar:g}",
          flush=True)


def seconds(name, otherwise):
    return int(os.environ.get(name, otherwise))


def fleet(place, name="sim"):
    return Sim(place, "--drones", str(DRONES), "--rate", str(RATE), "--seed", "7", "--model", "mixed", name=name)


def start(place, sim, *args):
    d = Daemon(place, *args, sources=[sim], ODYSSEY_HISTORY_QUEUE_MB=str(QUEUE_MB))
    d.wait_up(sim)
    return d


def watching(d, for_s):
    """The feed is watched meanwhile: {samples, holes, p99_ms} at the end."""
    return subprocess.Popen([BUILD / "bench/feed_watch", d.feed, str(for_s)], stdout=subprocess.PIPE, text=True)


def boots(directory):
    return sql(directory, "SELECT drone, boot, count(*) AS n, min(seq) AS low, max(seq) AS top, sum(backfilled) AS"
               " late FROM telemetry GROUP BY drone, boot", timeout=120)


def wait_whole(what, directory, sim, limit_s=600):
    """Until each drone has all from 0 to what the simulator had when this began."""
    with_all = {d["id"]: d["tm"] for d in sim.ask("roster")["drones"]}
    begun = time.monotonic()
    while True:
        rows = boots(directory)
        newest = {r["drone"]: r for r in sorted(rows, key=lambda r: r["boot"])}
        short = [i for i, s in with_all.items() if i not in newest or newest[i]["top"] < s[1]]
        missing = sum(r["top"] + 1 - r["n"] for r in rows)
        if (not missing and not short) or time.monotonic() - begun > limit_s:
            break
        time.sleep(2)
    took = time.monotonic() - begun
    report(f"{what}: samples missing in the end", missing + len(short), "", 0)
    report(f"{what}: recovered after", took, "s", limit_s)
    print(f"      {what}: {sum(r['n'] for r in rows)} samples stored, {sum(r['late'] for r in rows)} of them by backfill",
          flush=True)
    return rows


def verify(what, directory):
    code, out, err = run([ODYSSEY, "history", "verify", "--history", directory], "/", timeout=300)
    report(f"{what}: verify finds faults", code, "", 0)
    print("      " + (out + err).strip().splitlines()[-1], flush=True)


def outage_said(what, d):
    for text, name in (("history is not written", "outage"), ("history is written again", "end of it")):
        report(f"{what}: the {name} was said", sum(text in line for line in d.lines), "times", 1)


def memory_during(d, until):
    most = 0
    while time.monotonic() < until:
        most = max(most, memory_kb(d))
        time.sleep(1)
    return most


def outage(what, d, sim, directory, for_s, begin, end):
    time.sleep(10)
    before = memory_kb(d)
    begin()
    watcher = watching(d, for_s)
    most = memory_during(d, time.monotonic() + for_s)
    end()
    seen = json.loads(watcher.communicate(timeout=60)[0])
    report(f"{what}: feed meanwhile, of the samples due", seen["samples"] / (DRONES * RATE * for_s), "", 0.97, False)
    report(f"{what}: feed meanwhile, sample to feed p99", seen["p99_ms"], "ms", 100)
    wait_whole(what, directory, sim)
    most = max(most, memory_kb(d))
    # The queue, the batch that waits, and what a hole of each drone takes.
    report(f"{what}: memory more than before", (most - before) / 1000, "MB", QUEUE_MB + 60)
    outage_said(what, d)
    verify(what, directory)


def soak_lock(place):
    with_sim = fleet(place)
    d = start(place, with_sim)
    held = []

    def begin():
        [day] = sorted(history_of(d).glob("????-??-??.db"))
        held.append(sqlite3.connect(day, timeout=30, isolation_level=None))
        held[0].execute("BEGIN EXCLUSIVE")

    def end():
        held[0].execute("ROLLBACK")
        held[0].close()

    try:
        outage("lock", d, with_sim, history_of(d), seconds("SOAK_LOCK_S", 300), begin, end)
    finally:
        d.end()
        with_sim.end()


def soak_full(place):
    if not SmallDisk.allowed():
        print("      full: left out, a small tmpfs can be mounted by root only")
        return
    disk = SmallDisk(place + "/disk", 400 * 1024)
    with_sim = fleet(place)
    d = start(place, with_sim, "--history", disk.path / "history")
    try:
        outage("full", d, with_sim, disk.path / "history", seconds("SOAK_FULL_S", 180), disk.fill, disk.free)
    finally:
        d.end()
        with_sim.end()
        disk.close()


def soak_kill(place):
    with_sim = fleet(place)
    d = start(place, with_sim)
    chance, slowest = random.Random(3), 0
    kills = seconds("SOAK_KILLS", 25)
    try:
        for _ in range(kills):
            time.sleep(chance.uniform(0.3, 4))
            d.kill()
            begun = time.monotonic()
            d = d.again()
            slowest = max(slowest, time.monotonic() - begun)
        d.wait_up(with_sim)
        report(f"kill: start after kill -9, slowest of {kills}", slowest, "s", 5)
        wait_whole("kill", history_of(d), with_sim)
        verify("kill", history_of(d))
    finally:
        d.end()
        with_sim.end()


def soak_restart(place):
    with_sim = fleet(place)
    d = start(place, with_sim)
    times = seconds("SOAK_RESTARTS", 8)
    try:
        for _ in range(times):
            time.sleep(8)
            with_sim.kill()
            with_sim = fleet(place)
        d.wait_up(with_sim)
        time.sleep(5)
        rows = boots(history_of(d))
        report("restart: boots of each drone stored", len(rows) / DRONES, "", times + 1, False)
        # The tail of a boot that nobody holds any more is a gap row, or was never seen.
        missing = sum(r["top"] + 1 - r["n"] for r in rows)
        [gaps] = sql(history_of(d), "SELECT coalesce(sum(last_seq - first_seq + 1), 0) AS n FROM gaps"
                     " WHERE state = 'lost'")
        report("restart: samples missing and in no gap row", missing - gaps["n"], "", 0)
        print(f"      restart: {sum(r['n'] for r in rows)} samples stored, {gaps['n']} lost with their simulator")
        verify("restart", history_of(d))
    finally:
        d.end()
        with_sim.end()


PARTS = {"lock": soak_lock, "full": soak_full, "kill": soak_kill, "restart": soak_restart}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", nargs="*", help=", ".join(PARTS))
    args = parser.parse_args()
    for part in args.part or PARTS:
        if part not in PARTS:
            parser.error(f"there is no part {part}; there are {', '.join(PARTS)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    for part in args.part or PARTS:
        place = tempfile.mkdtemp(prefix="ody-soak-")
        begun = time.monotonic()
        try:
            PARTS[part](place)
        finally:
            shutil.rmtree(place, ignore_errors=True)
        print(f"      {part}: {time.monotonic() - begun:.0f} s", flush=True)
    print(f"{results.count(True)} as they should be, {results.count(False)} not")
    return 0 if all(results) else 1


sys.exit(main())
