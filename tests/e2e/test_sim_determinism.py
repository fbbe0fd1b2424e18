"""odyssey-sim --epoch: the same seed gives the same bytes."""
import pytest

from wire import wait_for

EPOCH = 1795252400000


def record(sim, watch, name, args, n, commands=()):
    """The first n messages from the source's own first second on."""
    s = sim("--epoch", EPOCH, *args, name=name)
    w = watch(s)
    for drone, cmd, values, cid in commands:
        s.command(drone, cmd, values, id=cid, expires=EPOCH + 600000)
    wait_for(lambda: len(w.messages) > n, "%d messages" % n, 40)
    s.stop()
    assert w.wrong == []
    return w


def common(a, b):
    """What both saw of the drones, by (topic, seq): subscribers may join a moment apart."""
    left = {(m.topic, m.value.seq): m.body for m in a.of("tm")}
    right = {(m.topic, m.value.seq): m.body for m in b.of("tm")}
    both = left.keys() & right.keys()
    assert len(both) > 0.7 * max(len(left), len(right))
    return left, right, both


@pytest.mark.parametrize("args", [
    ("--drones", 5, "--speedup", 20), ("--drones", 3, "--speedup", 40, "--model", "mixed"),
    ("--drones", 3, "--speedup", 60, "--idle", "--rate", 7.5)], ids=["quad", "mixed", "idle"])
def test_the_same_seed_gives_the_same_bytes(sim, watch, args):
    a = record(sim, watch, "a", (*args, "--seed", 11), 3000)
    b = record(sim, watch, "b", (*args, "--seed", 11), 3000)
    left, right, both = common(a, b)
    assert all(left[k] == right[k] for k in both)
    # And in the same order, with the same heartbeats and events between.
    x = [(m.topic, m.body) for m in a.messages]
    y = [(m.topic, m.body) for m in b.messages]
    start = next(m for m in y if m in x)
    x, y = x[x.index(start):], y[y.index(start):]
    n = min(len(x), len(y))
    assert n > 2000
    assert x[:n] == y[:n]


def test_another_seed_gives_another_day(sim, watch):
    a = record(sim, watch, "a", ("--drones", 3, "--speedup", 20, "--seed", 1), 1500)
    b = record(sim, watch, "b", ("--drones", 3, "--speedup", 20, "--seed", 2), 1500)
    left, right, both = common(a, b)
    assert sum(left[k] != right[k] for k in both) > 0.9 * len(both)


def test_faults_are_repeatable_too(sim, watch):
    args = ("--drones", 2, "--speedup", 60, "--idle", "--fault", "drop=0.3", "--fault", "dup=0.2")

    def seqs(w):
        return [(m.topic, m.value.seq) for m in w.of("tm")]
    got = []
    for name in "ab":
        s = sim("--epoch", EPOCH, *args, name=name)
        w = watch(s, strict=False)
        wait_for(lambda w=w: len(w.messages) > 1500, "messages")
        s.stop()
        got.append(seqs(w))
    start = next(m for m in got[1] if m in got[0])
    x, y = (g[g.index(start):] for g in got)
    n = min(len(x), len(y))
    assert n > 800 and x[:n] == y[:n]


def test_the_clock_starts_at_the_epoch(sim, watch):
    s = sim("--epoch", EPOCH, "--drones", 1, "--idle")
    assert 0 <= s.ask("hello")["time"] - EPOCH < 20000
    assert s.hello["boot"] == EPOCH // 1000
