"""odyssey-sim --fault: what goes wrong is what was ordered, and nothing else."""
import pytest

import protocol
from wire import Control, wait_for


def split(w, drone):
    """(in the order of arrival, what a fault-free feed would hold) seq numbers."""
    return [m.value.seq for m in w.of("tm", drone)]


def test_drop_leaves_holes_that_backfill_fills(sim, watch):
    s = sim("--drones", 1, "--idle", "--rate", 50, "--speedup", 10, "--fault", "drop=0.2")
    w = watch(s, holes=True)
    w.wait(1000, "tm")
    seqs = split(w, "D01")
    missing = set(range(seqs[0], seqs[-1])) - set(seqs)
    assert 0.1 < len(missing) / (seqs[-1] - seqs[0]) < 0.3
    with Control(s.control) as c:
        got = c.backfill("D01", w.samples("D01")[0].boot, seqs[0], seqs[500])
    assert missing & set(range(seqs[0], seqs[500])) <= {x[1] for x in got["samples"]}
    assert w.wrong == []


def test_dup_sends_the_same_bytes_twice(sim, watch):
    w = watch(sim("--drones", 1, "--idle", "--rate", 50, "--speedup", 10, "--fault", "dup=0.2"),
              duplicates=True)
    w.wait(1000, "tm")
    by_seq = {}
    for m in w.of("tm"):
        by_seq.setdefault(m.value.seq, []).append(m.body)
    twice = [b for b in by_seq.values() if len(b) > 1]
    assert 0.1 < len(twice) / len(by_seq) < 0.3
    assert all(len(set(b)) == 1 for b in twice)
    assert w.wrong == []


def test_reorder_sends_late_but_all(sim, watch):
    w = watch(sim("--drones", 1, "--idle", "--rate", 50, "--speedup", 10, "--fault", "reorder=0.2"),
              strict=False)
    w.wait(1000, "tm")
    seqs = split(w, "D01")
    late = sum(b < a for a, b in zip(seqs, seqs[1:]))
    assert late > 20
    middle = seqs[100:800]
    assert set(range(min(middle) + 60, max(middle) - 60)) <= set(seqs)
    assert len(set(seqs)) == len(seqs)


def test_garbage_is_malformed_and_counted(sim, watch):
    w = watch(sim("--drones", 2, "--idle", "--rate", 50, "--speedup", 5, "--fault", "garbage=0.2"),
              strict=False)
    w.wait(600, "tm")
    bad = [m for m in w.messages if m.kind is None]
    assert len(bad) > 20
    assert len({m.body for m in bad}) > 10
    # `sent` counts every feed message, good or bad.
    beats = [i for i, m in enumerate(w.messages) if m.kind == "hb"]
    for a, b in zip(beats, beats[1:]):
        assert w.messages[b].value["sent"] - w.messages[a].value["sent"] == b - a
    # The good ones are as ever.
    for drone in ("D01", "D02"):
        seqs = split(w, drone)
        assert seqs == sorted(seqs)


@pytest.mark.parametrize("skew", [-3600000, 90000])
def test_skew_is_of_every_time(sim, watch, skew):
    s = sim("--drones", 1, "--idle", "--fault", "skew=%d" % skew)
    w = watch(s)
    w.wait(2, "hb")
    for m in w.of("hb") + w.of("tm"):
        time = m.value["time"]
        assert abs(time - m.wall_ms - skew) < 3000
    assert abs(s.ask("hello")["time"] - w.messages[-1].wall_ms - skew) < 5000
    assert w.wrong == []


def test_nogps_clears_the_valid_bit(sim, watch):
    w = watch(sim("--drones", 2, "--speedup", 20, "--fault", "nogps=1@D01"))
    wait_for(lambda: any(not s.flags & protocol.POSITION for s in w.samples("D01")), "no position")
    lost = [s for s in w.samples("D01") if not s.flags & protocol.POSITION]
    assert all(s.fix in (0, 2) or s.fix is None for s in lost)
    w.wait(200, "tm", "D02")
    assert all(s.flags & protocol.POSITION for s in w.samples("D02")[20:])
    assert w.wrong == []


def test_silence_is_of_the_drone_not_of_the_source(sim, watch):
    s = sim("--drones", 2, "--idle", "--speedup", 20, "--fault", "silence=1@D01")
    w = watch(s, holes=True)
    w.wait(30, "hb")
    quiet = [b.value.time - a.value.time for a, b in zip(w.of("tm", "D01"), w.of("tm", "D01")[1:])]
    last = w.of("tm", "D01")[-1].value.time if w.of("tm", "D01") else 0
    assert max(quiet, default=10**6) > 1000 or w.of("hb")[-1].value["time"] - last > 5000
    loud = [b.value.time - a.value.time for a, b in zip(w.of("tm", "D02"), w.of("tm", "D02")[1:])]
    assert max(loud) == 100
    assert w.wrong == []


def test_crash_is_a_drone_that_falls(sim, watch):
    w = watch(sim("--drones", 4, "--speedup", 50, "--rate", 5, "--fault", "crash=1"), holes=True)
    fell = wait_for(lambda: next((m.id for m in w.of("tm") if m.value.mode == protocol.MODES.index(
        "emergency") or (m.value.climb or 0) < -1200), None) or
        next((m.id for m in w.of("ev") if m.id), None), "a crash")
    assert fell
    assert w.wrong == []


def test_a_fault_of_one_drone_leaves_the_others_alone(sim, watch):
    w = watch(sim("--drones", 3, "--idle", "--rate", 50, "--speedup", 5, "--fault", "drop=0.5@D02"),
              holes=True)
    w.wait(400, "tm", "D03")
    for drone in ("D01", "D03"):
        seqs = split(w, drone)
        assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))
    seqs = split(w, "D02")
    assert len(seqs) < 0.8 * (seqs[-1] - seqs[0])


def test_faults_add_up(sim, watch):
    w = watch(sim("--drones", 2, "--idle", "--rate", 50, "--speedup", 5, "--fault", "drop=0.3@D01",
                  "--fault", "dup=0.3@D02"), strict=False)
    w.wait(300, "tm", "D02")
    assert len(set(split(w, "D01"))) == len(split(w, "D01"))
    assert len(set(split(w, "D02"))) < len(split(w, "D02"))
