"""Replay and history on a whole day of 500 drones at 10 Hz. bench.py --only day runs this.

The day is made once, twenty minutes and 10 GB of disk, and kept where ODYSSEY_DAY says
(/var/tmp/odyssey-day): `live` as it is a moment before midnight, `rest` once the
next day has begun. `odyssey history verify` of it takes minutes: only with
ODYSSEY_DAY_VERIFY=1.
"""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

import screen_bench

NOON = "2026-11-19T12:00Z"


def make(build, place):
    """Makes the day where it is not there."""
    if (place / "made").exists():
        return
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    begun = time.monotonic()
    subprocess.run([build / "bench/day_make", "make", place / "live"], check=True)
    middle = time.monotonic()
    shutil.copytree(place / "live", place / "rest")
    copied = time.monotonic()
    subprocess.run([build / "bench/day_make", "rest", place / "rest"], check=True)
    print(f"      a day made in {middle - begun:.0f} s, put to rest in {time.monotonic() - copied:.0f} s")
    (place / "made").touch()


def program(build, *args):
    """Runs it: seconds, CPU seconds, MB, what it printed."""
    begun = time.monotonic()
    child = subprocess.Popen([build / "odyssey", *map(str, args)], stdout=subprocess.PIPE)
    out = child.stdout.read().decode()
    _, status, used = os.wait4(child.pid, 0)
    if status:
        raise RuntimeError(f"odyssey {args} ended with {status}")
    return time.monotonic() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss / 1000, out


def first_frame(build, directory):
    """From its start to a screen with the fleet in it, at noon."""
    place = pathlib.Path(tempfile.mkdtemp(prefix="odyssey-bench."))
    try:
        t = screen_bench.Terminal(build, place, "replay", "--history", directory, NOON)
        shown = t.wait(b"D001", 60) - t.started
        cpu = t.cpu_s()
        t.quit()
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return shown, cpu


def run(build, report):
    place = pathlib.Path(os.environ.get("ODYSSEY_DAY", "/var/tmp/odyssey-day"))
    make(build, place)
    ok = []
    for what, name in (("rest", "finished day"), ("live", "live day")):
        took, cpu, memory, out = program(build, "history", "--history", place / what, "--json")
        day = json.loads(out.splitlines()[0])
        print(f"      {name}: {day['samples'] / 1e6:.1f} million samples of {day['drones']} drones, "
              f"{day['bytes'] / 1e9:.2f} GB; listed in {took * 1000:.0f} ms")
        report(f"{name}: bytes a sample on disk", day["bytes"] / day["samples"], "bytes", 16)
        shown, cpu = first_frame(build, place / what)
        print(f"      {name}: odyssey replay shows the fleet after {shown:.2f} s, {cpu:.2f} s of CPU")
        took, cpu, memory, out = program(
            build, "sql", "--history", place / what, "--csv", "SELECT time, lat, lon, height FROM telemetry WHERE "
            "drone = 'D100' AND time BETWEEN 1795089600000 AND 1795093200000")
        print(f"      {name}: odyssey sql prints an hour of one drone, {len(out.splitlines()) - 1} rows, in "
              f"{took * 1000:.0f} ms, {cpu * 1000:.0f} ms of CPU, {memory:.0f} MB")
        for mode in ("replay", "sql"):
            ok.append(subprocess.run([build / "bench/day_bench", mode, place / what, name]).returncode == 0)
    ok.append(subprocess.run([build / "bench/day_bench", "beside", place / "live"]).returncode == 0)
    if os.environ.get("ODYSSEY_DAY_VERIFY"):
        took, cpu, memory, out = program(build, "history", "--history", place / "rest", "verify")
        print(f"      finished day: verified in {took:.0f} s, {cpu:.0f} s of CPU, {memory:.0f} MB")
    return ok
