"""A recorded history for tests of replay: six minutes across midnight, of a
scripted source and the real daemon under clocks that are moved, a second at a
time. What happens in which second is in STORY; all of it is in Recorded.

	from replay_history import recorded  # noqa: F401  the fixture

	def test_x(recorded):
	    recorded.dir, recorded.at(100), recorded.sent["A01", boot][seq]

The history is made once in a run of tests and only read by them; copy() gives
one to write on.
"""
import os
import pathlib
import shutil
import signal
import tempfile
import time

import pytest

import protocol
from fake_source import FakeSource
from history_helpers import Clocks, count, wait_slowly
from programs import Daemon
from wire import Control, wait_for

BEGIN_MS = 1795219020000          # 2026-11-20T23:57:00Z; midnight is second 180
SECONDS = 360
MIDNIGHT = 180

# second: what happens then
STORY = {
    10: "event: info, of A01",
    20: "A01 is armed; in the air from 30 to 300: one flight, across midnight",
    40: "A02's samples 40 to 44 do not arrive, and are filled in at once",
    50: "order O1 assigned; delivered at 160",
    60: "B01 appears",
    70: "event: error, of A02",
    90: "A01's samples 90 to 99 are lost for ever",
    100: "alarm al-1 (critical, A01) raised; acknowledged 110, cleared 150",
    120: "A02 restarts: a second boot, counting from 0",
    130: "command goto to A01: sent, accepted, active, done; one to A02 is refused",
    220: "the daemon is killed; back at 240; what A01 and A02 sent meanwhile is filled in, B01's is lost",
    270: "alarm al-2 (warning, B01) raised; it stands at the end",
}

# Besides, the daemon raises what its own rules find: A01 leaves its fence in flight,
# is stale and lost while its samples do not come.


class Recorded:
    """What was recorded, and where."""

    def __init__(self, directory):
        self.dir = pathlib.Path(directory)
        self.boot = BEGIN_MS // 1000 - 60
        self.boot2 = self.boot + 180           # A02's second
        self.sent = {}                         # (drone, boot): {seq: array}, what is stored
        self.lost = {("A01", self.boot): (90, 99), ("B01", self.boot): (160, 179)}
        self.begin_ms, self.end_ms = BEGIN_MS, BEGIN_MS + (SECONDS - 1) * 1000
        self.command = self.refused = None     # ids

    def at(self, second):
        """Milliseconds of that second of the story."""
        return BEGIN_MS + int(second * 1000)

    def copy(self, place):
        to = pathlib.Path(place) / "history"
        shutil.copytree(self.dir, to)
        return to


def _fields(drone, second):
    flying = drone == "A01" and 30 <= second < 300
    height = 0 if not flying else min(60, second - 30, 300 - second) * 100
    fields = {"lat": 471400000 + (ord(drone[0]) - 64) * 2000, "lon": 95200000 + int(drone[2]) * 3000,
              "height": height, "alt": 45000 + height, "speed": 1000 if flying else 0,
              "battery": 1000 - second, "home_lat": 471400000, "home_lon": 95200000,
              "mode": 6 if flying else 10, "flags": protocol.POSITION | protocol.HOME}
    if flying:
        fields["lon"] += (second - 30) * 130
        fields["flags"] |= protocol.IN_AIR
    if drone == "A01" and 20 <= second < 305:
        fields["flags"] |= protocol.ARMED
    return fields


class _Maker:
    def __init__(self, place):
        self.clocks = Clocks(place)
        self.clocks.move(real_ms=BEGIN_MS - int(time.time() * 1000))
        self.rec = Recorded(place + "/state/history")
        # A daemon, for of others no alarm is kept.
        self.src = FakeSource(place, name="harbour", kind="daemon", drones=["A01", "A02", "B01"], boot=self.rec.boot,
                              heartbeats=False)
        self.daemon = Daemon(place, sources=[self.src], state=place + "/state", **self.clocks.env)
        self.src.wait_subscribed()
        self.second = -1
        self.go_to(0)
        wait_for(lambda: self._beat_seen(), "the source up")

    def now(self):
        return int(time.time() * 1000) + self.clocks.real_ms

    def go_to(self, second):
        """The clocks stand at the beginning of that second, or a little later."""
        ahead = self.rec.at(second) - self.now()
        if ahead > 0:
            self.clocks.move(real_ms=ahead, mono_ms=ahead)
        self.src.skew_ms = self.clocks.real_ms
        self.second = second

    def _beat_seen(self):
        self.src.beat()
        return self.daemon.source(self.src.feed)["state"] == "up"

    def sample(self, drone, boot=None, **keys):
        return self.src.sample(drone, boot=boot or self.rec.boot, time=self.rec.at(self.second),
                               **keys, **_fields(drone, self.second))

    def say(self, kind, about, **body):
        self.src.publish("%s.%s" % (kind, about), {**body, "time": self.rec.at(self.second)})

    def alarm(self, name, drone, level, state, since, by=None):
        self.say("al", drone, id=name, rule="battery", drone=drone, level=level, state=state,
                 since=self.rec.at(since), value=17.5, limit=20, text="battery low", by=by)

    def samples(self):
        s, rec = self.second, self.rec
        self.sample("A01", send=not 90 <= s < 100, record=not 90 <= s < 100,
                    seq=s)
        if s < 120:
            self.sample("A02", send=not 40 <= s < 45)
        else:
            self.sample("A02", boot=rec.boot2, seq=s - 120)
        if s >= 60:
            there = not 220 <= s < 240
            self.sample("B01", seq=s - 60, send=there, record=there)

    def happen(self):
        s, rec = self.second, self.rec
        if s == 10:
            self.src.event("preflight check passed", "A01", 6)
        elif s == 50:
            self.say("or", "O1", id="O1", state="assigned", drone="A01", depot="Harbour", lat=47.15,
                     lon=9.53, weight_kg=1.5, eta=rec.at(170), text=None)
        elif s == 70:
            self.src.event("gimbal jammed", "A02", 3)
        elif s == 90:
            self.src.lost["A01", rec.boot] = [[90, 99]]
        elif s in (100, 110, 150):
            self.alarm("al-1", "A01", "critical", {100: "raised", 110: "acked", 150: "cleared"}[s], 100,
                       by="tester" if s == 110 else None)
        elif s == 130:
            with Control(self.daemon.control) as c:
                rec.command, reply = c.command("A01", "goto", {"lat": 47.15, "lon": 9.53, "height": 60},
                                               expires=self.now() + 60000)
                assert reply["ok"], reply
                self.src.on_command = lambda _: [(0, {"v": 1, "ok": False, "code": "rejected",
                                                      "text": "not armed"})]
                rec.refused, reply = c.command("A02", "takeoff", {"height": 20},
                                               expires=self.now() + 60000)
                assert not reply["ok"], reply
                self.src.on_command = None
        elif s == 160:
            self.say("or", "O1", id="O1", state="delivered", drone="A01", depot="Harbour", lat=47.15,
                     lon=9.53, weight_kg=1.5, eta=None, text=None)
        elif s == 270:
            self.alarm("al-2", "B01", "warning", "raised", 270)
        elif s == 220:
            self.settle()
            self.daemon.kill()
            self.src.lost["B01", rec.boot] = [[160, 179]]
        elif s == 240:
            self.daemon = self.daemon.again()
            wait_for(lambda: self._beat_seen(), "the source up again")

    def due(self):
        """Samples that are to be stored by now."""
        return sum(len(held) for held in self.src.recorded.values())

    def stored(self):
        return count(self.rec.dir) >= self.due()

    def settle(self):
        """Everything said is committed; the clocks go on meanwhile, for what waits for time."""
        def step():
            self.clocks.move(real_ms=20, mono_ms=20)
            self.src.beat()
            return self.stored()
        wait_slowly(step, "%d samples stored" % self.due())

    def run(self):
        for s in range(SECONDS):
            self.go_to(s)
            self.happen()
            self.src.beat()
            self.samples()
            if not 220 <= s < 240:
                self.heard(s)
        self.settle()
        self.rec.sent = {k: dict(v) for k, v in self.src.recorded.items()}
        code, _ = self.daemon.stop(signal.SIGTERM)
        assert code == 0, self.daemon.log
        self.src.close()
        return self.rec

    def heard(self, s):
        """The daemon has taken this second's samples: what comes now arrives later."""
        def newest():
            with Control(self.daemon.control) as c:
                c.send_raw(protocol.pack({"v": 1, "op": "roster"}))
                drones = protocol.unpack(c.receive_raw())["drones"]
            times = [d["tm"][2] for d in drones if d["tm"] and d["id"] == "A02"]
            return s in range(40, 45) or (times and times[0] >= self.rec.at(s))
        wait_for(newest, "second %d" % s)


@pytest.fixture(scope="session")
def recorded():
    place = tempfile.mkdtemp(prefix="ody-")
    maker = _Maker(place)
    try:
        yield maker.run()
    finally:
        if maker.daemon.running():
            maker.daemon.kill()
        maker.src.close()
        shutil.rmtree(place, ignore_errors=True)
