#!/usr/bin/env python3
"""Every figure that Odyssey promises, measured here and printed beside its bar.

Each run starts the simulator, the daemon and a watcher on sockets and in a
directory of its own. CPU is user and system time of a process with all its
threads, memory the resident set. Machines are noisy: bars that two programs
share are given as ratios of one run.
"""
import argparse
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import day_bench
import screen_bench

TICK = os.sysconf("SC_CLK_TCK")
results = []


def report(what, value, unit, bar, at_most=True):
    ok = value <= bar if at_most else value >= bar
    results.append(ok)
    sign = "<=" if at_most else ">="
    print(f"{'ok  ' if ok else 'MISS'}  {what:<62} {value:>12.4g} {unit:<12} {sign} {bar:g}", flush=True)


def cpu_s(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def rss_mb(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1000
    return 0.0


class Site:
    """A simulator and a daemon on it."""

    def __init__(self, build, drones, rate, config=""):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="odyssey-bench."))
        self.sim_feed = f"ipc://{self.dir}/sim"
        self.feed = f"ipc://{self.dir}/feed"
        self.build = build
        (self.dir / "odyssey.conf").write_text(config)
        self.sim = subprocess.Popen(
            [build / "odyssey-sim", "--drones", str(drones), "--rate", str(rate), "--seed", "7",
             "--model", "mixed", "--feed", self.sim_feed, "--control", self.sim_feed + ".control"],
            stderr=subprocess.DEVNULL)
        self.daemon = subprocess.Popen(
            [build / "odyssey", "daemon", "--config", self.dir / "odyssey.conf", "--state", self.dir / "state", "--feed", self.feed,
             "--control", self.feed + ".control", "--source",
             f"{self.sim_feed},{self.sim_feed}.control"],
            stderr=open(self.dir / "daemon.log", "w"), env={**os.environ, "TMPDIR": str(self.dir)})

    def close(self):
        for p in (self.daemon, self.sim):
            p.send_signal(signal.SIGTERM)
        for p in (self.daemon, self.sim):
            p.wait(20)

    def remove(self):
        shutil.rmtree(self.dir, ignore_errors=True)


def watch(build, feed, seconds):
    out = subprocess.run([build / "bench/feed_watch", feed, str(seconds)], capture_output=True,
                         text=True, check=True)
    return json.loads(out.stdout)


def rules_cost(build, drones, daemon_us):
    """Every alarm rule, against all that the daemon spends on a sample."""
    out = subprocess.run([build / "bench/alarm_bench", str(drones), "10"], capture_output=True, text=True,
                         check=True)
    cost = json.loads(out.stdout)
    report(f"{drones} drones x 10 Hz: rules, share of ingest", 100 * cost["rules_us"] / daemon_us, "%", 20)
    print(f"      rules: {cost['rules_us']:.2f} us a sample, longest turn of their clock {cost['turn_ms']:.1f} ms")


def load(build, drones, rate, seconds, bars):
    site = Site(build, drones, rate)
    name = f"{drones} drones x {rate} Hz"
    try:
        time.sleep(4)
        c0, s0, t0 = cpu_s(site.daemon.pid), cpu_s(site.sim.pid), time.monotonic()
        seen = watch(build, site.feed, seconds)
        wall = time.monotonic() - t0
        daemon_cpu, sim_cpu = cpu_s(site.daemon.pid) - c0, cpu_s(site.sim.pid) - s0
        memory = rss_mb(site.daemon.pid)
        expected = drones * rate * seconds
        report(f"{name}: samples seen on the feed, of those due", seen["samples"] / expected, "", 0.98, False)
        report(f"{name}: samples missing on the feed", seen["holes"], "", 0)
        report(f"{name}: sample to daemon feed, p99", seen["p99_ms"], "ms", bars["p99_ms"])
        report(f"{name}: daemon CPU a million samples", daemon_cpu / seen["samples"] * 1e6, "s", 5)
        if drones == 5000:
            rules_cost(build, drones, daemon_cpu / seen["samples"] * 1e6)
        report(f"{name}: simulator CPU", sim_cpu / wall, "cores", 0.5)
        report(f"{name}: daemon memory", memory, "MB", 300)
        time.sleep(1)
    finally:
        site.close()
    rows = subprocess.run(
        [build / "odyssey", "sql", "--history", site.dir / "state/history", "--csv",
         "SELECT sum(n), count(DISTINCT drone), sum(n) - sum(top - low + 1) FROM (SELECT drone, "
         "count(*) AS n, max(seq) AS top, min(seq) AS low FROM telemetry GROUP BY drone, boot)"],
        capture_output=True, text=True)
    if rows.returncode == 0:
        count, found, delta = rows.stdout.strip().splitlines()[-1].split(",")
        report(f"{name}: samples missing in the history", -int(delta), "", 0)
        report(f"{name}: drones in the history", int(found), "", drones, False)
    size = sum(f.stat().st_size for f in (site.dir / "state/history").glob("*"))
    if rows.returncode == 0 and int(count):
        print(f"      {name}: history on disk {size / int(count):.1f} bytes a sample before the day is merged")
    site.remove()


# Comes and goes with the wind, so that there is something to measure.
PROBE = ("[alarm probe]\nwhen = in_air and roll > 1\nclear = roll < -1\nlevel = watch\nonly = D0*\n"
         "text = {roll} degrees\n")


def rule_names(build):
    rows = subprocess.run([build / "odyssey", "doc", "rules"], capture_output=True, text=True, check=True)
    return [line.split()[2] for line in rows.stdout.splitlines() if line.startswith(".It Ic ")]


def alarms(build, seconds):
    site = Site(build, 500, 10, PROBE)
    try:
        time.sleep(4)
        seen = watch(build, site.feed, seconds)
    finally:
        site.close()
        site.remove()
    name = "500 drones x 10 Hz, all rules"
    report(f"{name}: alarms raised meanwhile", seen["alarms"], "", 20, False)
    report(f"{name}: sample to al on the daemon's feed, p99", seen["alarm_p99_ms"], "ms", 5)


def daemon_with_and_without_rules(build, seconds):
    off = "".join(f"[alarm {n}]\non = no\n" for n in rule_names(build))
    cost = {}
    # In turn, so that what else the machine does falls on both.
    for turn in range(4):
        which = ("with", "without")[turn % 2]
        site = Site(build, 5000, 10, off if which == "without" else "")
        try:
            time.sleep(6)
            before = cpu_s(site.daemon.pid)
            seen = watch(build, site.feed, seconds)
            used = (cpu_s(site.daemon.pid) - before) / max(seen["samples"], 1)
        finally:
            site.close()
            site.remove()
        cost[which] = min(cost.get(which, used), used)
    print(f"      5000 drones x 10 Hz: daemon CPU a million samples, with rules {cost['with'] * 1e6:.2f} s, "
          f"without {cost['without'] * 1e6:.2f} s")
    report("5000 drones x 10 Hz: daemon CPU with all rules over that without", 100 * (cost["with"] / cost["without"] - 1),
           "%", 20)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--only", help="500, 5000, alarms, screen, history, map, zone, alarm (against 5 us a sample), or day (made once: twenty minutes)")
    args = parser.parse_args()
    seconds = int(os.environ.get("BENCH_SECONDS", "60"))
    if args.only in (None, "500"):
        load(args.build, 500, 10, seconds, {"p99_ms": 5})
    if args.only in (None, "5000"):
        load(args.build, 5000, 10, seconds, {"p99_ms": 50})
    if args.only == "alarm":
        rules_cost(args.build, 5000, 5.0)
    if args.only in (None, "alarms"):
        alarms(args.build, seconds)
        daemon_with_and_without_rules(args.build, max(seconds // 3, 5))
    if args.only in (None, "screen"):
        screen_bench.run(args.build, report)
    if args.only == "day":
        results.extend(day_bench.run(args.build, report))
    for what in ("history", "replay", "map", "zone"):
        program = args.build / "bench" / f"{what}_bench"
        if program.exists() and args.only in (None, what):
            ret = subprocess.run([program]).returncode
            results.append(ret == 0)
    print(f"{results.count(True)} within their bars, {results.count(False)} not")
    return 0 if all(results) else 1


sys.exit(main())
