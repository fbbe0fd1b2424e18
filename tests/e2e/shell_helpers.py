"""What the tests of the shell commands share: running the program, and a
source that says exactly what a test wants, written from odyssey-protocol(7)."""
import os
import pathlib
import pty
import select
import subprocess
import threading
import time

import msgpack
import zmq

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("ODYSSEY_BUILD", ROOT / "build"))
ODYSSEY = os.environ.get("ODYSSEY_PROGRAM", str(BUILD / "odyssey"))

NAMES = """boot seq time lat lon alt height speed climb course heading roll pitch battery voltage
current link sats fix hdop mode flags waypoint waypoints home_lat home_lon airspeed wind wind_from
used""".split()
ARMED, IN_AIR, FAILSAFE, POSITION = 1, 2, 4, 8


def now_ms():
    return int(time.time() * 1000)


def sample(**values):
    """A sample array by field names, trailing nils left off."""
    row = [values.get(n) for n in NAMES]
    while len(row) > 3 and row[-1] is None:
        row.pop()
    return row


def flying(time_ms, seq=7, **more):
    values = dict(boot=1700000000, seq=seq, time=time_ms, lat=471400000, lon=95200000, alt=52000,
                  height=6000, speed=1230, climb=0, course=9000, heading=9000, battery=871,
                  voltage=15200, link=98, sats=17, fix=3, hdop=80, mode=5,
                  flags=ARMED | IN_AIR | POSITION)
    values.update(more)
    return sample(**values)


def environment(tmp_path, **more):
    """Nothing of the caller's: no configuration, no colour settings, a home of its own."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("ODYSSEY_", "XDG_"))}
    env.update(HOME=str(tmp_path), XDG_STATE_HOME=str(tmp_path / "state"),
               XDG_CONFIG_HOME=str(tmp_path / "config"), TERM="xterm", LC_ALL="C.UTF-8")
    env.pop("NO_COLOR", None)
    env.update(more)
    return env


def run(tmp_path, *args, timeout=30, stdin=subprocess.DEVNULL, **more):
    return subprocess.run([ODYSSEY, *map(str, args)], capture_output=True, text=True, cwd=tmp_path,
                          timeout=timeout, stdin=stdin, env=environment(tmp_path, **more))


def start(tmp_path, *args, **more):
    return subprocess.Popen([ODYSSEY, *map(str, args)], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True, cwd=tmp_path,
                            stdin=subprocess.DEVNULL, env=environment(tmp_path, **more))


def run_on_terminal(tmp_path, *args, answers=(), timeout=20, **more):
    """Runs it on a terminal of its own. answers: (text to wait for, what to type
    then). Returns (exit code, everything shown)."""
    pid, fd = pty.fork()
    if pid == 0:
        os.chdir(tmp_path)
        os.execve(ODYSSEY, [ODYSSEY, *map(str, args)], environment(tmp_path, **more))
    shown, answers, end = "", list(answers), time.monotonic() + timeout
    while time.monotonic() < end:
        if answers and answers[0][0] in shown:
            os.write(fd, answers.pop(0)[1].encode())
        if not select.select([fd], [], [], 0.1)[0]:
            continue
        try:
            data = os.read(fd, 65536)
        except OSError:
            break
        if not data:
            break
        shown += data.decode(errors="replace")
    else:
        os.kill(pid, 9)
    os.close(fd)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown


class Source:
    """A source on ipc sockets in a thread. `drones`: id to a function of time that
    gives its sample. `on_command(request)` gives the reply and may publish."""

    def __init__(self, directory, drones=(), name="fake", kind="sim", skew_ms=0, sources=None):
        self.feed = f"ipc://{directory}/{name}"
        self.control = self.feed + ".control"
        self.name, self.kind, self.skew_ms, self.sources = name, kind, skew_ms, sources
        self.drones = dict(drones)
        self.models = {}
        self.requests, self.commands = [], {}
        self.on_command = lambda request: {"ok": True, "stage": "accepted"}
        self.publish_samples = True
        self._outbox, self._lock = [], threading.Lock()
        self._over = threading.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()
        assert self._ready.wait(5)
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join(5)

    def now(self):
        return now_ms() + self.skew_ms

    def publish(self, topic, body, raw=False, after=0):
        """body is packed unless raw; sent `after` seconds from now."""
        data = body if raw else msgpack.packb(body)
        with self._lock:
            self._outbox.append((time.monotonic() + after, topic, data))

    def stage(self, request, stage, text="", code=None, after=0):
        body = {"id": request["id"], "drone": request["drone"], "cmd": request["cmd"],
                "by": request["by"], "stage": stage, "time": self.now(), "text": text}
        if code:
            body["code"] = code
        with self._lock:
            self._outbox.append((time.monotonic() + after, "cm." + request["drone"], body))

    def of(self, op):
        return [r for r in self.requests if r.get("op") == op]

    def _answer(self, request):
        self.requests.append(request)
        op = request.get("op")
        if op == "hello":
            return {"ok": True, "source": self.name, "kind": self.kind, "version": "0", "boot": 1,
                    "time": self.now(), "fields": [], "commands": []}
        if op == "roster":
            return {"ok": True, "drones": [
                {"id": d, "model": self.models.get(d, "quad"), "source": self.name,
                 "kind": self.kind, "home": [47.0, 9.0, 450.0], "tm": f(self.now())}
                for d, f in sorted(self.drones.items())]}
        if op == "sources" and self.sources is not None:
            return {"ok": True, "sources": self.sources(self)}
        if op == "commands":
            return {"ok": True, "commands": [c for c in self.commands.values()
                                             if request.get("id") in (None, c["id"])]}
        if op == "command":
            return self.on_command(request)
        return {"ok": False, "code": "unknown-op", "text": "There is no such op here."}

    def _run(self):
        context = zmq.Context()
        feed, control = context.socket(zmq.PUB), context.socket(zmq.ROUTER)
        feed.bind(self.feed)
        control.bind(self.control)
        self._ready.set()
        beat = tick = 0.0
        sent = 0
        while not self._over.is_set():
            if control.poll(10):
                frames = control.recv_multipart()
                reply = self._answer(msgpack.unpackb(frames[-1]))
                if reply is not None:
                    control.send_multipart(frames[:-1] + [msgpack.packb({"v": 1, **reply})])
            now = time.monotonic()
            with self._lock:
                due = [m for m in self._outbox if m[0] <= now]
                self._outbox = [m for m in self._outbox if m[0] > now]
            for _, topic, body in due:
                if isinstance(body, dict):
                    self.commands[body["id"]] = body
                    body = msgpack.packb(body)
                feed.send_multipart([topic.encode(), body])
                sent += 1
            if self.publish_samples and now - tick >= 0.1:
                tick = now
                for d, f in self.drones.items():
                    feed.send_multipart([b"tm." + d.encode(), msgpack.packb(f(self.now()))])
                    sent += 1
            if now - beat >= 1:
                beat = now
                feed.send_multipart([b"hb." + self.name.encode(), msgpack.packb(
                    {"v": 1, "source": self.name, "kind": self.kind, "boot": 1, "time": self.now(),
                     "drones": len(self.drones), "sent": sent})])
                sent += 1
        context.destroy(linger=0)
