"""A source that does and says exactly what a test wants, right or wrong."""
import collections
import os
import threading
import time

import zmq

import protocol
from wire import CONTEXT, wait_for

HELLO_FIELDS = [[name, unit, scale] for name, _, unit, scale in protocol.FIELDS]
HELLO_COMMANDS = [[name, dangerous, [[a, "float64", "", required] for a, required in args]]
                  for name, dangerous, args in protocol.COMMANDS]


class FakeSource:
    """Feed and control in a thread of its own.

    on_command(request) returns a list of (delay in seconds, reply) to send;
    None is the usual: accepted at once, then cm accepted, active, done.
    requests keeps (arrived, request) of everything asked.
    """

    def __init__(self, place, name="fake", drones=("F01",), kind="sim", boot=None, skew_ms=0,
                 heartbeats=True, start=True):
        self.feed = "ipc://%s/%s" % (place, name)
        self.control = "ipc://%s/%s.control" % (place, name)
        self.name, self.kind, self.drones = name, kind, list(drones)
        self.boot = boot or int(time.time()) - 60
        self.skew_ms, self.heartbeats = skew_ms, heartbeats
        self.recorded = collections.defaultdict(dict)  # (drone, boot): {seq: sample}
        self.lost = collections.defaultdict(list)      # (drone, boot): [[from, to], ...]
        self.last_time = {}
        self.requests, self.sent = [], 0
        self.on_command = self.on_backfill = self.on_any = None
        self.mute = False  # takes requests, answers none
        self._answers = {}
        self._thread = None
        if start:
            self.appear()

    # --- there and not there ---

    def appear(self):
        self._todo, self._stop = collections.deque(), False
        self._wake_r, self._wake_w = os.pipe()
        self.subscribers = 0
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self._thread.start()
        ready.wait()
        return self

    def vanish(self):
        if self._thread:
            self._stop = True
            os.write(self._wake_w, b"x")
            self._thread.join()
            self._thread = None
            os.close(self._wake_r)
            os.close(self._wake_w)

    def restart(self, boot=None):
        """The process ends and starts: a greater boot, counting from 0, nothing remembered."""
        self.vanish()
        self.boot = boot or self.boot + 60
        self.sent = 0
        self.recorded.clear()
        return self.appear()

    close = vanish

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.vanish()

    # --- what it says ---

    def now(self):
        return int(time.time() * 1000) + self.skew_ms

    def raw(self, topic, body, *more):
        """Any frames."""
        def send():
            self._pub.send_multipart([topic, body, *more])
            self.sent += 1
        self._call(send)

    def publish(self, topic, value):
        self.raw(topic.encode(), protocol.pack(value))

    def sample(self, drone=None, seq=None, send=True, record=True, boot=None, **fields):
        """One sample: the next seq unless given. send=False leaves a hole that backfill fills."""
        drone, boot = drone or self.drones[0], boot or self.boot
        held = self.recorded[drone, boot]
        if seq is None:
            seq = max(held, default=-1) + 1
        values = {"boot": boot, "seq": seq, "lat": 471400000, "lon": 95200000, "alt": 52000,
                  "height": 6000, "speed": 1200, "climb": 0, "course": 9000, "heading": 9000,
                  "battery": 871, "voltage": 15200, "link": 98, "sats": 17, "fix": 3, "mode": 10,
                  "flags": protocol.POSITION | protocol.HOME}
        values["time"] = max(self.now(), self.last_time.get((drone, boot), 0) + 1)
        values.update(fields)
        self.last_time[drone, boot] = values["time"]
        row = [values.get(n) for n in protocol.NAMES]
        while len(row) > 3 and row[-1] is None:
            row.pop()
        if record:
            held[seq] = row
        body = protocol.pack(row)
        if send:
            self.raw(b"tm." + drone.encode(), body)
        return body

    def samples(self, n, drone=None, **keys):
        return [self.sample(drone, **keys) for _ in range(n)]

    def beat(self):
        def send():
            body = protocol.pack({"v": 1, "source": self.name, "kind": self.kind, "boot": self.boot,
                                  "time": self.now(), "drones": len(self.drones), "sent": self.sent})
            self._pub.send_multipart([b"hb." + self.name.encode(), body])
            self.sent += 1
        self._call(send)

    def progress(self, request, stage, text="", **more):
        self.publish("cm." + request["drone"], {
            "id": request["id"], "drone": request["drone"], "cmd": request["cmd"],
            "by": request["by"], "stage": stage, "time": self.now(), "text": text, **more})

    def event(self, text, drone=None, severity=6):
        self.publish("ev." + (drone or ""), {"drone": drone, "source": self.name,
                                             "time": self.now(), "severity": severity, "text": text})

    # --- what tests wait for ---

    def asked(self, op):
        return [r for _, r in list(self.requests) if isinstance(r, dict) and r.get("op") == op]

    def commands(self):
        return self.asked("command")

    def wait_subscribed(self):
        wait_for(lambda: self.subscribers > 0, "a subscriber of %s" % self.name)
        return self

    # --- the thread ---

    def _call(self, what):
        done = threading.Event()
        self._todo.append((what, done))
        os.write(self._wake_w, b"x")
        if threading.current_thread() is not self._thread:
            done.wait(10)

    def _run(self, ready):
        self._pub = CONTEXT.socket(zmq.XPUB)
        self._router = CONTEXT.socket(zmq.ROUTER)
        for s, endpoint in ((self._pub, self.feed), (self._router, self.control)):
            s.setsockopt(zmq.LINGER, 0)
            s.setsockopt(zmq.SNDHWM, 0)
            s.bind(endpoint)
        poller = zmq.Poller()
        for p in (self._pub, self._router, self._wake_r):
            poller.register(p, zmq.POLLIN)
        beat_at, later = time.monotonic(), []
        ready.set()
        while not self._stop:
            events = dict(poller.poll(20))
            if self._wake_r in events:
                os.read(self._wake_r, 4096)
            while self._todo:
                what, done = self._todo.popleft()
                what()
                done.set()
            if self._pub in events:
                self.subscribers += 1 if self._pub.recv()[:1] == b"\x01" else -1
            if self._router in events:
                frames = self._router.recv_multipart()
                for delay, reply in self._answer(frames[-1]):
                    later.append((time.monotonic() + delay, frames[:-1], reply))
            for item in [x for x in later if x[0] <= time.monotonic()]:
                later.remove(item)
                reply = item[2] if isinstance(item[2], bytes) else protocol.pack(item[2])
                self._router.send_multipart(item[1] + [reply])
            if self.heartbeats and time.monotonic() >= beat_at:
                beat_at = time.monotonic() + 1
                self.beat()
        self._pub.close()
        self._router.close()

    def _answer(self, body):
        try:
            request = protocol.unpack(body)
        except protocol.Violation as why:
            self.requests.append((time.monotonic(), why))
            return []
        self.requests.append((time.monotonic(), request))
        if self.mute:
            return []
        if self.on_any:
            got = self.on_any(request)
            if got is not None:
                return got
        return getattr(self, "_op_" + request["op"], self._op_unknown)(request)

    def _op_unknown(self, request):
        return [(0, {"v": 1, "ok": False, "code": "unknown-op", "text": "No such op here."})]

    def _op_hello(self, _):
        return [(0, {"v": 1, "ok": True, "source": self.name, "kind": self.kind, "version": "fake",
                     "boot": self.boot, "time": self.now(), "fields": HELLO_FIELDS,
                     "commands": HELLO_COMMANDS})]

    def _op_roster(self, _):
        drones = []
        for d in sorted(self.drones):
            held = self.recorded[d, self.boot]
            drones.append({"id": d, "model": "fake", "source": self.name, "kind": self.kind,
                           "home": [47.14, 9.52, 450.0], "tm": held[max(held)] if held else None})
        return [(0, {"v": 1, "ok": True, "drones": drones})]

    def _op_commands(self, _):
        return [(0, {"v": 1, "ok": True, "commands": []})]

    def _op_plan(self, request):
        return [(0, {"v": 1, "ok": True, "rev": 3, "mission": [{"lat": 47.1, "lon": 9.5,
                     "height": 30.0}], "fence": [{"kind": "in", "center": [47.1, 9.5],
                     "radius": 500.0}], "rally": [[47.1, 9.5, 20.0]]})]

    def _op_command(self, request):
        if self.on_command:
            return self.on_command(request)
        if request["id"] not in self._answers:
            self._answers[request["id"]] = {"v": 1, "ok": True, "stage": "accepted"}
            for stage in ("accepted", "active", "done"):
                self.progress(request, stage)
        return [(0, self._answers[request["id"]])]

    def _op_backfill(self, request):
        if self.on_backfill:
            got = self.on_backfill(request)
            if got is not None:
                return got
        held = self.recorded[request["drone"], request["boot"]]
        found = [held[s] for s in sorted(held) if request["from"] <= s <= request["to"]]
        spans = [[b, min(h), max(h)] for (d, b), h in self.recorded.items()
                 if d == request["drone"] and h]
        return [(0, {"v": 1, "ok": True, "samples": found[:protocol.BACKFILL_MAX],
                     "more": len(found) > protocol.BACKFILL_MAX, "held": spans,
                     "lost": self.lost[request["drone"], request["boot"]]})]
