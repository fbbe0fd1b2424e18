"""odyssey-sim: what it publishes, by itself and idle."""
import collections
import math
import socket
import time

import pytest

import protocol
from programs import SIM, free_port, run
from wire import wait_for


def metres(lat1, lon1, lat2, lon2):
    """Near enough on the few kilometres of a fleet."""
    return math.hypot((lat2 - lat1) * 111200, (lon2 - lon1) * 111320 * math.cos(math.radians(lat1)))


def test_every_message_keeps_the_protocol(sim, watch):
    w = watch(sim("--drones", 12, "--seed", 3))
    w.wait(4, "hb")
    assert w.wrong == []
    assert {m.id for m in w.of("tm")} == {"D%02d" % n for n in range(1, 13)}
    hb = w.of("hb")[-1].value
    assert hb["kind"] == "sim" and hb["drones"] == 12
    # Nothing but the topics a simulator has.
    assert {m.kind for m in w.messages} <= {"tm", "hb", "ev", "cm", "pl", "vd"}


def test_work_under_speedup_keeps_the_protocol(sim, watch):
    w = watch(sim("--drones", 6, "--speedup", 40, "--model", "mixed"))
    w.wait(60, "hb")
    assert w.wrong == []


@pytest.mark.parametrize("drones,prefix,first,last", [
    (1, None, "D01", "D01"), (9, None, "D01", "D09"), (99, None, "D01", "D99"),
    (100, None, "D001", "D100"), (3, "X-ray_", "X-ray_01", "X-ray_03")])
def test_names(sim, drones, prefix, first, last):
    s = sim("--drones", drones, "--idle", *(["--prefix", prefix] if prefix else []))
    ids = [d["id"] for d in s.ask("roster")["drones"]]
    assert len(ids) == drones and ids[0] == first and ids[-1] == last


def test_heartbeats_once_a_second(sim, watch):
    w = watch(sim("--drones", 1))
    beats = w.wait(5, "hb")
    for a, b in zip(beats, beats[1:]):
        assert 950 <= b.value["time"] - a.value["time"] <= 1050
    assert w.wrong == []


def test_rate(sim, watch):
    w = watch(sim("--drones", 2, "--rate", 25, "--idle"))
    w.wait(80, "tm", "D01")
    times = [s.time for s in w.samples("D01")[:76]]
    assert abs((times[-1] - times[0]) / 75 - 40) < 1
    assert w.wrong == []


def test_instants_are_spread_over_the_period(sim, watch):
    n, period = 20, 100
    w = watch(sim("--drones", n, "--idle"))
    wait_for(lambda: len(w.of("tm")) >= n * 12, "samples")
    # Each drone's own phase, from its middle sample on a circle of one period.
    phases = sorted(w.samples(d)[5].time % period for d in {m.id for m in w.of("tm")})
    gaps = [b - a for a, b in zip(phases, phases[1:] + [phases[0] + period])]
    assert max(gaps) <= 3 * period / n, phases


def test_speedup_is_of_every_time_on_the_wire(sim, watch):
    w = watch(sim("--drones", 2, "--speedup", 10, "--idle"))
    w.wait(2, "hb")
    start = w.of("hb")[-1]
    end = w.wait(len(w.of("hb")) + 20, "hb")[-1]
    ratio = (end.value["time"] - start.value["time"]) / 1000 / (end.at - start.at)
    assert 7 < ratio < 13
    # 10 Hz is by that clock, too.
    times = [s.time for s in w.samples("D01")]
    assert abs((times[-1] - times[0]) / (len(times) - 1) - 100) < 3


def test_duration_ends_it(place):
    start = time.monotonic()
    code, _, _ = run([SIM, "--feed", "ipc://%s/s" % place, "--duration", 10, "--speedup", 20], place)
    assert code == 0
    assert time.monotonic() - start < 10


def test_a_later_run_has_a_greater_boot(sim):
    first = sim("--drones", 1, "--idle")
    boot = first.hello["boot"]
    assert abs(boot - time.time()) < 30
    assert first.stop()[0] == 0
    assert sim("--drones", 1, "--idle").hello["boot"] > boot


def test_homes_are_spread_around_home(sim):
    s = sim("--drones", 16, "--idle", "--home", "48.137,11.575")
    homes = [d["home"] for d in s.ask("roster")["drones"]]
    assert len({tuple(h[:2]) for h in homes}) == 16
    far = [metres(48.137, 11.575, h[0], h[1]) for h in homes]
    assert max(far) < 10000
    assert min(metres(a[0], a[1], b[0], b[1]) for a in homes for b in homes if a is not b) > 3


def test_idle_waits_charged_on_the_ground(sim, watch):
    s = sim("--drones", 4, "--idle", "--speedup", 20)
    w = watch(s)
    wait_for(lambda: min(len(w.samples("D%02d" % n)) for n in range(1, 5)) > 300, "a minute")
    homes = {d["id"]: d["home"] for d in s.ask("roster")["drones"]}
    for m in w.of("tm"):
        v = m.value
        assert not v.flags & (protocol.ARMED | protocol.IN_AIR), v
        assert v.flags & protocol.HOME
        assert v.battery >= 990 and v.mode == 10 and v.speed < 100
        assert abs(v.height) < 300
    last = w.samples("D01")[-1]
    assert last.flags & protocol.POSITION
    assert metres(last.lat / 1e7, last.lon / 1e7, *homes["D01"][:2]) < 15
    assert w.wrong == []


def test_left_alone_the_fleet_works(sim, watch):
    """There is always something to see: flights, landings, charging."""
    w = watch(sim("--drones", 8, "--speedup", 300, "--rate", 1))
    wait_for(lambda: len(w.of("tm", "D01")) > 1800, "half an hour of flying", 60)
    seen = collections.Counter()
    for n in range(1, 9):
        flags = [s.flags for s in w.samples("D%02d" % n)]
        seen["flew"] += any(f & protocol.IN_AIR for f in flags)
        seen["landed"] += any(a & protocol.IN_AIR and not b & protocol.IN_AIR
                              for a, b in zip(flags, flags[1:]))
        seen["charged"] += any(f & protocol.CHARGING for f in flags)
    assert seen["flew"] >= 6 and seen["landed"] >= 4 and seen["charged"] >= 2, seen
    modes = {s.mode for s in w.samples()}
    assert len(modes) >= 4, modes
    assert w.wrong == []


def test_flight_is_believable(sim, watch):
    """What is measured hangs together: speed and track, climb and height, charge."""
    w = watch(sim("--drones", 4, "--speedup", 60, "--rate", 5))
    wait_for(lambda: len(w.of("tm", "D01")) > 1500, "five minutes", 60)
    for n in range(1, 5):
        track = w.samples("D%02d" % n)
        ten = track[::50]  # a sample every 10 s
        for a, b in zip(ten, ten[1:]):
            if not (a.flags & b.flags & protocol.IN_AIR and a.lat and b.lat):
                continue
            seconds = (b.time - a.time) / 1000
            moved = metres(a.lat / 1e7, a.lon / 1e7, b.lat / 1e7, b.lon / 1e7)
            top = max(s.speed for s in track if a.time <= s.time <= b.time) / 100
            assert moved < top * seconds + 30
            climbed = (b.height - a.height) / 100
            fastest = max(abs(s.climb) for s in track if a.time <= s.time <= b.time) / 100
            assert abs(climbed) < fastest * seconds + 10
            assert b.battery <= a.battery + 5, "charge rises in flight"
        for s in track:
            assert 0 < s.voltage < 60000 and s.sats <= 40
            assert abs(s.roll) <= 9000 and abs(s.pitch) <= 9000
    assert w.wrong == []


@pytest.mark.parametrize("model,want", [("quad", {"quad"}), ("wing", {"wing"}), ("vtol", {"vtol"})])
def test_models(sim, model, want):
    s = sim("--drones", 3, "--idle", "--model", model)
    assert {d["model"] for d in s.ask("roster")["drones"]} == want


def test_mixed_models(sim):
    s = sim("--drones", 12, "--idle", "--model", "mixed")
    assert len({d["model"] for d in s.ask("roster")["drones"]}) >= 2


def test_a_wing_flies_by_itself(sim, watch):
    w = watch(sim("--drones", 3, "--model", "wing", "--speedup", 50))
    wait_for(lambda: any(s.flags & protocol.IN_AIR and s.speed > 800 for s in w.samples()), "a wing in the air")
    assert w.wrong == []


@pytest.mark.parametrize("args,names", [
    (["--drones", "0"], "drones"), (["--drones", "many"], "many"), (["--rate", "-1"], "rate"),
    (["--home", "95,11"], "95"), (["--home", "48"], "48"), (["--model", "blimp"], "blimp"),
    (["--prefix", "a b"], "a b"), (["--feed", "udp://1:2"], "udp://1:2"), (["--fault", "drop=2"], "drop"),
    (["--fault", "gremlins=1"], "gremlins"), (["--fault", "drop"], "drop"), (["--nonsense"], "nonsense"),
    (["--speedup", "0"], "speedup"), (["--prefix", "x" * 40], "x" * 40)])
def test_wrong_options_are_one_sentence_and_exit_2(place, args, names):
    code, out, err = run([SIM, *args], place)
    assert code == 2, err
    assert out == ""
    assert names in err
    assert len(err.strip().splitlines()) == 1, err


def test_a_taken_port_is_said(place):
    feed = "tcp://127.0.0.1:%d" % free_port()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(feed.rpartition(":")[2])))
        taken.listen()
        code, out, err = run([SIM, "--feed", feed, "--duration", 3], place)
    assert code in (1, 2) and out == "" and feed in err


def test_a_taken_path_is_said(place, sim):
    """ZeroMQ would take an ipc:// path away from who has it, without a word."""
    s = sim("--idle", "--drones", 1)
    code, out, err = run([SIM, "--feed", s.feed, "--control", s.control, "--duration", 3], place)
    assert code in (1, 2) and out == "" and s.feed in err
    assert s.ask("hello")["boot"] == s.hello["boot"]


def test_an_address_others_reach_needs_insecure(place):
    code, _, err = run([SIM, "--feed", "tcp://*:17610", "--duration", "1"], place)
    assert code == 2 and "insecure" in err
    code, _, err = run([SIM, "--feed", "tcp://*:17610", "--duration", "1", "--insecure",
                        "--speedup", "10"], place)
    assert code == 0 and "insecure" in err.lower()


def test_help_and_version(place):
    code, out, err = run([SIM, "--help"], place)
    assert code == 0 and err == ""
    for option in ("--drones", "--rate", "--seed", "--feed", "--control", "--home", "--prefix",
                   "--model", "--speedup", "--fault", "--idle", "--epoch", "--duration",
                   "--backfill-mb"):
        assert option in out
    code, out, err = run([SIM, "--version"], place)
    assert code == 0 and out.strip() and err == ""
