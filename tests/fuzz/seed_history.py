#!/usr/bin/python3
"""Makes the first inputs of fuzz_chunk, fuzz_plain and fuzz_plan: rows that a daemon has written of a
simulated fleet, sealed (whole, and what the frame holds) and not sealed yet."""
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

from history_helpers import Load, day_files, history_of, ready  # noqa: E402
from fake_source import FakeSource  # noqa: E402
from programs import Daemon, Sim  # noqa: E402

LARGEST = 6000


def put(fuzzer, name, data):
    folder = HERE / "corpus" / fuzzer
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def rows(d, sql):
    db = sqlite3.connect("file:%s?mode=ro" % day_files(history_of(d))[0], uri=True)
    try:
        return [r[0] for r in db.execute(sql).fetchall()]
    finally:
        db.close()


def frame_of(body):
    return subprocess.run(["zstd", "-dc"], input=body, capture_output=True, check=True).stdout


def main():
    place = tempfile.mkdtemp(prefix="ody-seed-")
    sim = Sim(place, "--drones", "3", "--rate", "10", "--seed", "3")
    odd = FakeSource(place, drones=["F01"])
    d = Daemon(place, sources=[sim, odd])
    ready(odd, d)
    try:
        with Load(odd, drop=7, padding=5):
            time.sleep(3)
            for n, body in enumerate(rows(d, "SELECT body FROM plain WHERE length(body) BETWEEN 1 AND %d"
                                          " ORDER BY id DESC LIMIT 4" % LARGEST)):
                put("fuzz_plain", "plain-%d" % n, body)
            for n, content in enumerate(rows(d, "SELECT content FROM plans ORDER BY drone")):
                put("fuzz_plan", "plan-%d" % n, content)
            time.sleep(35)
        for n, body in enumerate(rows(d, "SELECT body FROM sealed WHERE length(body) < %d GROUP BY drone"
                                      % LARGEST)):
            put("fuzz_chunk", "sealed-%d" % n, body)
            put("fuzz_chunk", "content-%d" % n, frame_of(body))
    finally:
        d.end()
        sim.end()
        odd.close()
        os.system("rm -rf '%s'" % place)


if __name__ == "__main__":
    main()
