"""Links, strangers, streams, signing, logs: the bridge and what may happen on its links."""
import json
import os
import socket
import struct
import subprocess
import threading
import time

import pytest

from bridge_helpers import Autopilot, Bridge, Client, free_port, modules, recording, until
from shell_helpers import NAMES, ODYSSEY, environment


def said(c, *words, drone="M1"):
    return [e for e in c.events(drone) if all(w in e for w in words)]


@pytest.mark.parametrize("dialect", ["ardupilot", "px4"])
def test_telemetry(tmp_path, dialect):
    with Bridge(tmp_path) as b:
        v, c = b.vehicle(dialect=dialect), b.client
        until(lambda: c.sample()["wind"] and c.sample()["used"])
        s = c.sample()
        assert (s["lat"], s["lon"], s["alt"], s["height"]) == (471000000, 95000000, 45000, 0)
        assert (s["roll"], s["pitch"], s["heading"]) == (573, -286, 9000)
        assert (s["fix"], s["sats"], s["hdop"]) == (3, 14, 80)
        assert (s["battery"], s["voltage"], s["used"]) == (870, 15800, 321)
        # PX4 says -100 for a current and NaN for an airspeed that it does not know.
        assert (s["current"], s["airspeed"]) == ((None, None) if dialect == "px4" else (12500, 550))
        assert (s["wind"], s["wind_from"]) == (450, 27000)
        assert (s["home_lat"], s["home_lon"]) == (471000000, 95000000)
        assert s["link"] is None and s["course"] is None
        n, start = len(c.of("tm.M1")), time.monotonic()
        time.sleep(3)
        rate = (len(c.of("tm.M1")) - n) / (time.monotonic() - start)
        assert 8.5 < rate < 11.5, rate
        seqs = [x[1] for x in c.of("tm.M1")]
        assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))
        times = [x[2] for x in c.of("tm.M1")]
        assert all(a < b for a, b in zip(times, times[1:]))
        got = c.request("backfill", drone="M1", boot=s["boot"], **{"from": 2, "to": 8})
        assert [x[1] for x in got["samples"]] == list(range(2, 9)) and not got["more"]
        assert c.request("backfill", drone="M1", boot=1, **{"from": 0, "to": 9})["samples"] == []


def test_streams_are_asked_for_again(tmp_path):
    with Bridge(tmp_path) as b:
        v, c = b.vehicle(), b.client
        v.set(forgetStreams=True)
        time.sleep(0.5)
        n = len(c.of("tm.M1"))
        until(lambda: len(c.of("tm.M1")) > n + 20, 15)


def test_mavlink_1_the_old_way(tmp_path):
    with Bridge(tmp_path) as b:
        v = b.vehicle(version=1, ready=False)
        until(lambda: any(g["got"] == "datastream" for g in v.got), 10)
        until(lambda: b.client.sample() and b.client.sample()["lat"] == 471000000, 10)


def test_texts_in_chunks(tmp_path):
    with Bridge(tmp_path) as b:
        v, c = b.vehicle(), b.client
        long = "EKF3 IMU0 " + "tilt alignment is complete and so is the rest of it, " * 3
        v.set(text=[4, long])
        v.set(text=[6, "x" * 50])
        until(lambda: long in c.events() and "x" * 50 in c.events())
        assert [e["severity"] for e in c.of("ev.M1") if e["text"] == long] == [4]


def test_heartbeats_only_while_somebody_commands(tmp_path):
    with Bridge(tmp_path, connect=False) as b:
        v = b.vehicle(ready=False)
        time.sleep(2.5)
        beats = lambda: [g for g in v.got if g["got"] == "heartbeat"]
        assert not beats()
        c = Client(b.feed, b.control)
        until(lambda: len(beats()) >= 3, 6)
        assert beats()[0]["from"] == 255 and beats()[0]["type"] == 6
        c.close()
        time.sleep(0.5)
        n = len(beats())
        time.sleep(2.5)
        assert len(beats()) == n
        until(lambda: [g for g in v.got if g["got"] == "timesync" and g["ts1"] == "123456789"])


def test_failover_between_two_links(tmp_path):
    """One vehicle, two links: a relay sends its frames to both ports."""
    second = free_port(socket.SOCK_DGRAM)
    first = free_port(socket.SOCK_DGRAM)
    relay = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    relay.bind(("127.0.0.1", 0))
    relay.settimeout(0.1)
    up, over = {first: True, second: True}, threading.Event()
    # One socket each towards the bridge, as two radios would be.
    out = {p: socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for p in (first, second)}
    vehicle = []

    def run():
        for s in out.values():
            s.setblocking(False)
        while not over.is_set():
            try:
                data, address = relay.recvfrom(2048)
                vehicle[:] = [address]
                for port, s in out.items():
                    if up[port]:
                        s.sendto(data, ("127.0.0.1", port))
            except TimeoutError:
                pass
            for s in out.values():
                try:
                    while vehicle:
                        relay.sendto(s.recv(2048), vehicle[0])
                except (BlockingIOError, ConnectionRefusedError):
                    pass

    thread = threading.Thread(target=run)
    thread.start()
    try:
        with Bridge(tmp_path, f"udp:127.0.0.1:{first}", f"udp:127.0.0.1:{second}") as b:
            c = b.client
            b.vehicle(port=relay.getsockname()[1])
            assert len(c.request("roster")["drones"]) == 1
            n = len(c.of("tm.M1"))
            time.sleep(1)
            assert 8 <= len(c.of("tm.M1")) - n <= 12, "nothing twice"
            used = first if not said(c, "link changed") else second
            up[used] = False
            until(lambda: said(c, "link changed"), 8)
            n = len(c.of("tm.M1"))
            until(lambda: len(c.of("tm.M1")) > n + 5)
            assert c.command("M1", "arm")["ok"]
            assert not said(c, "two vehicles")
    finally:
        over.set()
        thread.join()


def test_two_vehicles_with_one_system_id(tmp_path):
    with Bridge(tmp_path) as b:
        c = b.client
        b.vehicle()
        other = Autopilot(b.udp, sys=1, lat=48.0, rates=True, bootMs=int(time.time() * 1000) - 60000)
        b.vehicles.append(other)
        until(lambda: said(c, "two vehicles have the system id 1"), 10)
        n = len(c.of("tm.M1"))
        time.sleep(1)
        assert {x[3] for x in c.of("tm.M1")[n:]} == {471000000}


def test_many_vehicles_and_names(tmp_path):
    with Bridge(tmp_path, config="[bridge]\nnames = 2:alpha, 3:bravo\n") as b:
        for i in (1, 2, 3):
            b.vehicle(ready=False, sys=i, lat=47 + i / 100)
        c = b.client
        until(lambda: len(c.request("roster")["drones"]) == 3)
        assert [d["id"] for d in c.request("roster")["drones"]] == ["M1", "alpha", "bravo"]
        until(lambda: c.sample("bravo") and c.sample("bravo")["lat"] == 470300000)


def test_other_ground_station(tmp_path):
    with Bridge(tmp_path) as b:
        b.vehicle()
        code = """
const mav = require(process.env.NODE_MAVLINK + '/node-mavlink')
const s = require('dgram').createSocket('udp4'), p = new mav.MavLinkProtocolV2(250, 190)
const h = new mav.minimal.Heartbeat(); h.type = 6; h.autopilot = 8
const c = new mav.common.CommandLong(); c.command = 20; c.targetSystem = 1; c.targetComponent = 1
s.send(p.serialize(h, 0), +process.argv[1], '127.0.0.1')
s.send(p.serialize(c, 1), +process.argv[1], '127.0.0.1', () => s.close())
"""
        subprocess.run(["node", "-e", code, str(b.udp)], check=True,
                       env=dict(os.environ, NODE_MAVLINK=modules()))
        c = b.client
        until(lambda: said(c, "another ground station, system id 250", drone=""))
        until(lambda: said(c, "ground station 250 commands it too (MAV_CMD 20)"))
        assert [d["id"] for d in c.request("roster")["drones"]] == ["M1"], "a ground station is no drone"
        assert not any(g["got"] == "heartbeat" and g["from"] == 250 for g in b.vehicles[0].got)


KEY = "ab" * 32


def test_signing(tmp_path):
    (tmp_path / "key").write_text(KEY)
    os.chmod(tmp_path / "key", 0o600)
    with Bridge(tmp_path, config=f"[bridge]\nsigning_key = {tmp_path}/key\n") as b:
        b.vehicle(ready=False, sys=9)                      # unsigned
        b.vehicle(ready=False, sys=8, key="cd" * 32)       # with another key
        v = b.vehicle(key=KEY)
        assert b.client.command("M1", "arm")["ok"]
        assert not [g for g in v.got if g["got"] == "unsigned"]
        assert [d["id"] for d in b.client.request("roster")["drones"]] == ["M1"]
        assert len(said(b.client, "system id 9", "not signed", drone="")) == 1
        assert len(said(b.client, "system id 8", "another key", drone="")) == 1


def test_signed_frames_without_a_key(tmp_path):
    with Bridge(tmp_path) as b:
        b.vehicle(ready=False, key="00" * 32)
        until(lambda: b.client.sample())


def test_fence_rally_and_mission_are_read(tmp_path):
    ring = [(47.11, 9.5), (47.11, 9.51), (47.10, 9.51)]
    fence = [dict(command=5001, frame=0, x=int(a * 1e7), y=int(o * 1e7), z=0, param1=3) for a, o in ring]
    fence.append(dict(command=5004, frame=0, x=471000000, y=95000000, z=0, param1=40))
    rally = [dict(command=5100, frame=3, x=471010000, y=95010000, z=30)]
    mission = [dict(command=16, frame=0, x=471000000, y=95000000, z=450),
               dict(command=22, frame=3, x=0, y=0, z=20), dict(command=178, frame=2, x=0, y=0, z=0, param1=1, param2=6),
               dict(command=16, frame=3, x=471020000, y=95000000, z=20, param1=4),
               dict(command=16, frame=0, x=471020000, y=95010000, z=480)]
    with Bridge(tmp_path) as b:
        b.vehicle(fence=fence, rally=rally, mission=mission, loss=0.1)
        c = b.client
        until(lambda: len(c.of("pl.M1")) >= 3, 25)
        plan = c.request("plan", drone="M1")
        assert plan["rev"] == 3
        assert [(m["lat"], m["height"], m.get("speed"), m.get("hold")) for m in plan["mission"]] == \
            [(47.102, 20, 6, 4), (47.102, 30, 6, 0)] or plan["mission"][0]["height"] == 20, plan
        assert [f["kind"] for f in plan["fence"]] == ["in", "out"]
        assert [tuple(p) for p in plan["fence"][0]["points"]] == ring
        assert plan["fence"][1]["radius"] == 40
        assert plan["rally"] == [[47.101, 9.501, 30]]
        assert c.sample()["waypoints"] == 2


def test_a_link_that_floods(tmp_path):
    with Bridge(tmp_path) as b:
        v, c = b.vehicle(), b.client
        beat = bytes.fromhex("fd0000004d0b16000000a2c5")
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        end = time.monotonic() + 4
        while time.monotonic() < end and not said(c, "floods", drone=""):
            for _ in range(200):
                s.sendto(beat * 100, ("127.0.0.1", b.udp))
        until(lambda: said(c, "floods", drone=""), 2)
        n = len(c.of("tm.M1"))
        until(lambda: len(c.of("tm.M1")) > n + 5, 5)
        assert c.command("M1", "hold")["ok"]


def test_tcp_text_noise_and_reconnecting(tmp_path):
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    listener.settimeout(10)
    port = listener.getsockname()[1]
    frames = list(records(recording("arducopter-1.tlog")))[:400]
    # By name, which is looked up, and may mean an address that nobody listens at as well.
    with Bridge(tmp_path, f"tcp:localhost:{port}") as b:
        c = b.client
        until(lambda: c.of("hb.bridge"))
        for round in range(2):
            peer, _ = listener.accept()
            peer.sendall(b"\n\nInit ArduCopter V4.7.0-dev (1234abcd)\n\nFree RAM: 0\n")
            for _, frame in frames:
                peer.sendall(frame + (b"Init Gyro*" if frame[-1] % 7 == 0 else b""))
            until(lambda: c.sample(), 5)
            peer.close()
            until(lambda: len(said(c, "is down", drone="")) == round + 1)
        assert c.request("roster")["drones"][0]["id"].startswith("M")


def records(path):
    data, at = path.read_bytes(), 0
    while at + 20 < len(data):
        us, = struct.unpack_from(">Q", data, at)
        n = data[at + 9] + 8 if data[at + 8] == 0xFE else data[at + 9] + 12 + 13 * (data[at + 10] & 1)
        yield us, data[at + 8:at + 8 + n]
        at += 8 + n


def test_raw_log_is_kept_and_plays(tmp_path):
    logs = tmp_path / "logs"
    logs.mkdir()
    with Bridge(tmp_path, config=f"[bridge]\ntlog_dir = {logs}\n") as b:
        b.vehicle()
        assert b.client.command("M1", "arm")["ok"]
        time.sleep(1.2)
    log, = logs.glob("bridge-*.tlog")
    kept = list(records(log))
    senders = {f[5] for _, f in kept if f[0] == 0xFD}
    assert senders == {1, 255} and len(kept) > 50
    with Bridge(tmp_path, f"tlog:{log},speed=4,loop") as b:
        until(lambda: b.client.sample() and b.client.sample()["lat"] == 471000000)
        until(lambda: said(b.client, "armed"))
        assert b.client.command("M1", "hold")["code"] == "rejected"


def test_replay_with_the_files_times(tmp_path):
    log = recording("copter-2015.tlog")
    with Bridge(tmp_path, f"tlog:{log},speed=50,times=file,loop") as b:
        c = b.client
        until(lambda: c.of("hb.bridge") and c.sample())
        assert c.of("hb.bridge")[-1]["kind"] == "replay"
        assert c.request("hello")["kind"] == "replay"
        assert 1436056000 < c.sample()["time"] / 1000 < 1436058000
        assert c.command("M1", "hold")["code"] == "rejected"


def run_daemon(tmp_path, feed, control):
    port = free_port(pair=True)
    own = f"tcp://127.0.0.1:{port}"
    return own, subprocess.Popen(
        [ODYSSEY, "daemon", "--feed", own, "--source", f"{feed},{control}", "--history", tmp_path / "history",
         "--state", tmp_path / "daemon"], env=environment(tmp_path), cwd=tmp_path, stderr=subprocess.PIPE, text=True)


def sql(tmp_path, query):
    got = subprocess.run([ODYSSEY, "sql", "--history", tmp_path / "history", "--json", query],
                         capture_output=True, text=True, env=environment(tmp_path))
    assert got.returncode == 0, got.stderr
    return [json.loads(line) for line in got.stdout.splitlines()]


def test_the_real_flight_into_the_history(tmp_path):
    log = recording("copter-2015.tlog")
    # What is in the file, read by this test alone: MAVLink 1 frames of vehicle 1/1.
    track, texts = [], []
    for us, f in records(log):
        if f[0] == 0xFE and f[3] == 1 and f[5] == 33 and len(f) == 36:
            track.append(struct.unpack_from("<Iiiiihhh", f, 6))
        if f[0] == 0xFE and f[3] == 1 and f[5] == 253:
            texts.append(f[7:57].split(b"\0")[0].decode("ascii", "replace"))
    port = free_port(pair=True)
    feed, control = f"tcp://127.0.0.1:{port}", f"tcp://127.0.0.1:{port + 1}"
    own, daemon = run_daemon(tmp_path, feed, control)
    time.sleep(0.5)
    bridge = subprocess.Popen([ODYSSEY, "bridge", "--feed", feed, "--mavlink", f"tlog:{log},speed=200,loop"],
                              env=environment(tmp_path), cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    try:
        time.sleep(12)
    finally:
        for p in (bridge, daemon):
            p.terminate()
            assert p.wait(10) == 0, p.stderr.read()
    rows = sql(tmp_path, "SELECT lat, lon, height, flags FROM telemetry WHERE drone = 'M1' ORDER BY seq")
    assert len(rows) > len(track)
    places = {(t[1], t[2]) for t in track}
    scaled = {(round(r["lat"] * 1e7) if abs(r["lat"]) < 91 else r["lat"],
               round(r["lon"] * 1e7) if abs(r["lon"]) < 181 else r["lon"]) for r in rows if r["lat"] is not None}
    assert len(scaled & places) > 0.97 * len(places - {(0, 0)}), (len(scaled & places), len(places))
    stored = {r["text"] for r in sql(tmp_path, "SELECT text FROM events WHERE drone = 'M1'")}
    assert {t.strip() for t in texts} - {""} <= {t.strip() for t in stored}, set(texts) - stored
    assert {"armed", "disarmed"} <= stored and any(t.startswith("mode LOITER") for t in stored)


@pytest.mark.parametrize("name,expected", [("arducopter-1.tlog", {5, 6}), ("arducopter-2.tlog", {5, 6}),
                                           ("arducopter-3.tlog", {5, 6}), ("px4-1.tlog", {3, 6, 7})])
def test_the_recordings(tmp_path, name, expected):
    log = recording(name)
    with Bridge(tmp_path, f"tlog:{log},speed=40,loop") as b:
        c = b.client
        drone = until(lambda: (c.request("roster")["drones"] or [{}])[0].get("id"))
        modes, armed = set(), set()

        def flown():
            for s in c.of("tm." + drone):
                s = dict(zip(NAMES, s))
                modes.add(s.get("mode"))
                armed.add((s.get("flags") or 0) & 3)
            return {0, 3} <= armed and expected <= modes
        until(flown, 30, lambda: f"{modes} {armed}")
        assert said(c, "armed", drone=drone)


def test_wrong_links_are_said(tmp_path):
    for link, words in (("udp:99999", "1 to 65535"), ("tcp:1234", "HOST:PORT"), ("wifi:1", "must be one of"),
                        ("serial:/dev/null", "baud"), ("tlog:/nowhere", "cannot be read"),
                        ("tlog:x,fast", "none of")):
        got = subprocess.run([ODYSSEY, "bridge", "--mavlink", link], capture_output=True, text=True,
                             env=environment(tmp_path), cwd=tmp_path)
        assert got.returncode in (1, 2) and words in got.stderr, got.stderr


# A camera and a companion that says what an autopilot would, both under the vehicle's id.
PASSENGERS = [dict(comp=100, type=30, autopilot=0), dict(comp=191, type=2, autopilot=3)]


def test_what_rides_along_is_not_the_vehicle(tmp_path):
    with Bridge(tmp_path) as b:
        v, c = b.vehicle(passengers=PASSENGERS), b.client
        time.sleep(1)
        assert {(x[NAMES.index("roll")], x[NAMES.index("mode")]) for x in c.of("tm.M1")[-10:]} == \
            {(c.sample()["roll"], c.sample()["mode"])}
        assert abs(c.sample()["roll"] - 573) <= 1 and c.sample()["mode"] != 0
        assert not said(c, "mode 99") and not said(c, "started anew")
        v.set(ackDelay={"400": 500})
        assert c.command("M1", "arm")["ok"], "an ACK of the companion's was taken for the vehicle's"
        v.set(silent=True)
        until(lambda: said(c, "M1 is silent"), 8)



def test_two_silent_ones_with_one_system_id(tmp_path):
    """An ArduPilot that nobody asked says nothing but heartbeats: the bridge asks, and the second
    does not become the first when that one is not heard for a while."""
    with Bridge(tmp_path) as b:
        v, c = b.vehicle(), b.client
        b.vehicle(ready=False, lat=48.0, bootMs=int(time.time() * 1000) - 60000)
        until(lambda: said(c, "two vehicles have the system id 1"), 10)
        time.sleep(4)
        v.set(silent=True)
        until(lambda: said(c, "M1 is silent"), 8)
        assert not said(c, "link changed")
        assert {x[3] for x in c.of("tm.M1")} <= {None, 471000000}
        v.set(silent=False)
        until(lambda: said(c, "M1 is heard again"), 5)
        assert c.command("M1", "arm")["ok"]
        assert v.commands(400)


def test_two_vehicles_with_one_system_id_on_one_link(tmp_path):
    """As on a radio that many share: a router is the only peer that the bridge sees."""
    router = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    router.bind(("127.0.0.1", 0))
    router.settimeout(0.1)
    over, vehicles = threading.Event(), set()

    def run(bridge):
        while not over.is_set():
            try:
                data, address = router.recvfrom(2048)
            except TimeoutError:
                continue
            if address == bridge:
                for each in vehicles:
                    router.sendto(data, each)
            else:
                vehicles.add(address)
                router.sendto(data, bridge)

    with Bridge(tmp_path) as b:
        thread = threading.Thread(target=run, args=[("127.0.0.1", b.udp)])
        thread.start()
        try:
            c, port = b.client, router.getsockname()[1]
            b.vehicle(port=port)
            b.vehicle(port=port, ready=False, lat=48.0, rates=True, bootMs=int(time.time() * 1000) - 60000)
            until(lambda: said(c, "two vehicles have the system id 1, both at"), 10)
            time.sleep(1)
            assert {x[3] for x in c.of("tm.M1")} <= {None, 471000000}
            assert len(said(c, "two vehicles")) == 1 and not said(c, "started anew")
        finally:
            over.set()
            thread.join()


def test_a_vehicle_that_starts_anew(tmp_path):
    with Bridge(tmp_path) as b:
        v, c = b.vehicle(bootMs=int(time.time() * 1000) - 60000), b.client
        v.set(silent=True)
        time.sleep(2)
        v.set(silent=False, bootMs=int(time.time() * 1000))
        until(lambda: said(c, "started anew"), 10)
        n = len(c.of("tm.M1"))
        until(lambda: len(c.of("tm.M1")) > n + 20, 10)
        assert len(said(c, "started anew")) == 1 and not said(c, "two vehicles")


def test_a_port_that_closes_at_once_is_left_in_peace(tmp_path):
    """It waits longer each time, though each time it was connected."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    listener.settimeout(0.2)
    with Bridge(tmp_path, f"tcp:127.0.0.1:{listener.getsockname()[1]}"):
        times, end = [], time.monotonic() + 6
        while time.monotonic() < end:
            try:
                listener.accept()[0].close()
                times.append(time.monotonic())
            except TimeoutError:
                pass
        gaps = [b - a for a, b in zip(times, times[1:])]
        assert gaps[-1] > 1.5 * gaps[0] and 3 <= len(times) <= 5, gaps


def test_a_tcp_line_that_dies_without_a_word_is_noticed(tmp_path):
    """The kernel is told to ask whether the other end is still there (ss shows its timer)."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    with Bridge(tmp_path, f"tcp:127.0.0.1:{listener.getsockname()[1]}"):
        listener.settimeout(10)
        peer, address = listener.accept()

        def timers():
            local = f"{address[1]:04X}"
            rows = [x.split() for x in open("/proc/net/tcp").readlines()[1:]]
            return [r[5] for r in rows if r[1].endswith(":" + local) and r[3] == "01"]
        until(lambda: timers() and timers()[0].startswith("02:"), 5, timers)  # 02: keepalive
        peer.close()


def test_names_are_not_anothers(tmp_path):
    (tmp_path / "n.conf").write_text("[bridge]\nnames = 2:M1\n")
    got = subprocess.run([ODYSSEY, "bridge", "--config", tmp_path / "n.conf", "--mavlink", "udp:127.0.0.1:1"],
                         env=environment(tmp_path), capture_output=True, text=True, timeout=10)
    assert got.returncode == 2 and "2 is called M1, as 1 is by itself" in got.stderr
