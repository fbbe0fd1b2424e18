"""The history after a power cut: at any moment, whatever the disk had in its cache."""
import random
import shutil
import time

import pytest

import protocol
from history_helpers import (ask_sql, count, day_files, history_of, keys_stored, ready,
                             sealed_samples, sql, wait_all_stored)
from power_cut import WriteLog, rebuild
from programs import ODYSSEY, run
from test_history_crash import loaded  # noqa: F401
from wire import wait_for

# From a sample's arrival to its commit's sync on a busy machine; 100 ms are promised on an idle one.
COMMIT_S = 0.5


@pytest.fixture
def write_log(place):
    return WriteLog(place)


def rows(directory):
    """What a history says it has; none where it has no file with tables yet."""
    code, _, _ = ask_sql(directory, "SELECT count(*) FROM telemetry")
    return {k[:3] for k in keys_stored(directory)} if code == 0 else set()


@pytest.mark.slow
def test_power_cut_at_any_moment(loaded, write_log, place):  # noqa: F811
    """Long enough for rows to be sealed and the log to be put into the file many times. Each
    disk that a cut can leave opens, is whole, and has every commit but the last."""
    src, d, w, load = loaded(drones=24, queue_mb=48, padding=4000, **write_log.env)
    wait_for(lambda: sealed_samples(day_files(history_of(d))[0]) > 2000, "sealed rows", 60)
    time.sleep(3)
    d.kill()
    load.close()
    steps = write_log.read()
    heard = []
    for m in [m for m in w.messages if m.topic.startswith(b"tm.")]:
        boot, seq = protocol.unpack(m.body)[:2]
        heard.append((m.at, (m.topic[3:].decode(), boot, seq)))
    first = next(i for i, s in enumerate(steps) if s.at > heard[0][0] + 2)
    seed = int(time.time())
    chance = random.Random(seed)
    checkpoints = [i for i, s in enumerate(steps) if s.path.endswith(".db") and s.kind == "W" and i > first]
    assert len(checkpoints) > 20, "the log was never put into the file"
    cuts = ([chance.randrange(first, len(steps)) for _ in range(8)] +
            [chance.choice(checkpoints) for _ in range(8)])
    for n, cut in enumerate(cuts):
        least = rows(rebuild(steps, cut, "%s/sure-%d" % (place, n)))
        left = rebuild(steps, cut, "%s/cut-%d" % (place, n), chance)
        code, out, err = run([ODYSSEY, "history", "--history", left, "verify"], place)
        about = "seed %d, step %d of %d" % (seed, cut, len(steps))
        assert code == 0, "%s: %s%s" % (about, out, err)
        got = rows(left)
        due = {key for at, key in heard if at < steps[cut - 1].at - COMMIT_S}
        assert not due - got, "%s: %d of %d missing" % (about, len(due - got), len(due))
        assert not least - got, "%s: a commit that was synced is gone" % about
        shutil.rmtree("%s/sure-%d" % (place, n))
        shutil.rmtree(left)


@pytest.mark.slow
def test_what_a_power_cut_took_is_asked_for_again(loaded, write_log, place, opened):  # noqa: F811
    src, d, _, load = loaded(drones=20, queue_mb=48, padding=400, **write_log.env)
    time.sleep(4)
    d.kill()
    steps = write_log.read()
    history = history_of(d)
    shutil.rmtree(history)
    rebuild(steps, len(steps), history, random.Random(len(steps)))
    before = count(history)
    assert before > 0
    opened.append(d.again(wait=False))
    d = ready(src, opened[-1])
    time.sleep(1)
    load.close()
    for drone in src.drones:
        src.sample(drone)
    wait_all_stored(history_of(d), src)
    assert "set aside" not in d.log
    wait_for(lambda: not sql(history_of(d), "SELECT * FROM gaps WHERE state <> 'filled'"), "no gap open")
