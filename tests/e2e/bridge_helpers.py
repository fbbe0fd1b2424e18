"""What the tests of the bridge share: the bridge itself, a vehicle that speaks
MAVLink by node-mavlink, and a client written from odyssey-protocol(7)."""
import json
import os
import pathlib
import socket
import subprocess
import threading
import time
import uuid

import msgpack
import pytest
import zmq

from shell_helpers import BUILD, NAMES, ODYSSEY, ROOT, environment, now_ms

HERE = pathlib.Path(__file__).resolve().parent
DATA = pathlib.Path(os.environ.get("ODYSSEY_TESTDATA", ROOT.parent / "shared" / "data"))


def modules():
    got = subprocess.run([HERE / "mavlink" / "install", BUILD / "mavlink"], capture_output=True, text=True)
    if got.returncode:
        pytest.skip("node-mavlink cannot be installed: node, npm or the network is missing")
    return got.stdout.strip()


def recording(name):
    if not (DATA / name).is_file():
        pytest.skip(f"{DATA / name} is not there (ODYSSEY_TESTDATA)")
    return DATA / name


def free_port(kind=socket.SOCK_STREAM, pair=False):
    while True:
        with socket.socket(socket.AF_INET, kind) as s, socket.socket(socket.AF_INET, kind) as t:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
            if not pair:
                return port
            try:
                t.bind(("127.0.0.1", port + 1))
                return port
            except OSError:
                pass


class Autopilot:
    """A fake vehicle; see mavlink/autopilot.js for its settings."""

    def __init__(self, port, **settings):
        self.got = []
        env = dict(os.environ, NODE_MAVLINK=modules())
        self.process = subprocess.Popen(
            ["node", HERE / "mavlink" / "autopilot.js", json.dumps({"port": port, **settings})],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)
        assert json.loads(self.process.stdout.readline())["ready"]
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.got.append(json.loads(line))

    def set(self, **settings):
        told = sum(g["got"] == "set" for g in self.got)
        self.process.stdin.write(json.dumps(settings) + "\n")
        self.process.stdin.flush()
        until(lambda: sum(g["got"] == "set" for g in self.got) > told)

    def commands(self, number=None):
        return [g for g in self.got if g["got"] == "command" and number in (None, g["command"])]

    def close(self):
        self.process.kill()
        self.process.wait()


class Client:
    def __init__(self, feed, control):
        self.context = zmq.Context()
        self.control = self.context.socket(zmq.DEALER)
        self.control.connect(control)
        self.aside = self.context.socket(zmq.DEALER)
        self.aside.connect(control)
        self.sub = self.context.socket(zmq.SUB)
        self.sub.setsockopt(zmq.SUBSCRIBE, b"")
        self.sub.connect(feed)
        self.messages = []
        self.replies = {}
        self.over = False
        self.lock = threading.Lock()
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self):
        while not self.over:
            if not self.sub.poll(50):
                continue
            topic, body = self.sub.recv_multipart()
            with self.lock:
                self.messages.append((topic.decode(), msgpack.unpackb(body)))

    def request(self, op, timeout=10, **keys):
        self.control.send_multipart([b"", msgpack.packb({"v": 1, "op": op, **keys})])
        assert self.control.poll(timeout * 1000), f"no answer to {op}"
        return msgpack.unpackb(self.control.recv_multipart()[-1])

    def command(self, drone, cmd, timeout=10, id=None, **args):
        self.id = id or str(uuid.uuid4())
        return self.request("command", timeout, id=self.id, drone=drone, cmd=cmd, args=args, by="test",
                            expires=now_ms() + 10000)

    def send_command(self, drone, cmd, id, **args):
        """Sends without waiting for the answer."""
        self.aside.send_multipart([b"", msgpack.packb({
            "v": 1, "op": "command", "id": id, "drone": drone, "cmd": cmd, "args": args, "by": "test",
            "expires": now_ms() + 10000})])

    def of(self, topic):
        with self.lock:
            return [b for t, b in self.messages if t == topic]

    def events(self, drone="M1"):
        return [e["text"] for e in self.of("ev." + drone)]

    def stages(self, id=None, drone="M1"):
        return [c["stage"] for c in self.of("cm." + drone) if c["id"] == (id or self.id)]

    def last(self, id=None, drone="M1"):
        got = [c for c in self.of("cm." + drone) if c["id"] == (id or self.id)]
        return got[-1] if got else {"stage": None, "text": ""}

    def sample(self, drone="M1"):
        got = self.of("tm." + drone)
        return dict(zip(NAMES, got[-1] + [None] * (len(NAMES) - len(got[-1])))) if got else None

    def close(self):
        self.over = True
        self.thread.join()
        self.context.destroy(linger=0)


def until(condition, timeout=10, what=None):
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        got = condition()
        if got:
            return got
        time.sleep(0.02)
    raise AssertionError(what() if callable(what) else what or "it did not come to that")


class Bridge:
    """The bridge with one listening port, fake vehicles on it, and a client."""

    def __init__(self, tmp_path, *links, config="", options=(), connect=True):
        self.tmp = tmp_path
        port = free_port(pair=True)
        self.feed, self.control = f"tcp://127.0.0.1:{port}", f"tcp://127.0.0.1:{port + 1}"
        self.udp = free_port(socket.SOCK_DGRAM)
        self.links = links or (f"udp:127.0.0.1:{self.udp}",)
        (tmp_path / "b.conf").write_text(config)
        os.chmod(tmp_path / "b.conf", 0o600)
        self.vehicles = []
        self.client = None
        self.process = subprocess.Popen(
            [ODYSSEY, "bridge", "--config", tmp_path / "b.conf", "--feed", self.feed, *options,
             *[x for link in self.links for x in ("--mavlink", link)]],
            env=environment(tmp_path), cwd=tmp_path, stderr=subprocess.PIPE, text=True)
        if connect:
            self.client = Client(self.feed, self.control)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        for v in self.vehicles:
            v.close()
        if self.client:
            self.client.close()
        self.process.terminate()
        code = self.process.wait(10)
        said = self.process.stderr.read()
        if kind is None:
            assert code == 0 and "Sanitizer" not in said and "runtime error" not in said, said

    def vehicle(self, ready=True, drone=None, **settings):
        v = Autopilot(settings.pop("port", self.udp), **settings)
        self.vehicles.append(v)
        drone = drone or f"M{settings.get('sys', 1)}"
        if ready:
            c = self.client
            until(lambda: c.sample(drone) and (c.sample(drone)["flags"] or 0) & 24 == 24, 20,
                  lambda: f"{drone} is not ready: {c.sample(drone)} {c.events(drone)}")
        return v
