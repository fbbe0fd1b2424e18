"""Clients of the two sockets: a watcher of feeds and a client of control."""
import threading
import time
import uuid

import zmq

import protocol

CONTEXT = zmq.Context.instance()
PATIENCE = 20  # seconds; only a failing test waits that long


def wait_for(condition, what="", timeout=PATIENCE):
    """Waits until condition() is true, and returns what it said."""
    end = time.monotonic() + timeout
    while True:
        got = condition()
        if got:
            return got
        if time.monotonic() > end:
            raise AssertionError("waited %g s for %s" % (timeout, what or condition))
        time.sleep(0.01)


class Message:
    __slots__ = ("topic", "body", "at", "wall_ms", "kind", "id", "value")

    def __repr__(self):
        return "%s %r" % (self.topic.decode(errors="replace"), self.value)


class Watcher:
    """Subscribes and keeps what comes; `wrong` lists what broke a rule.

    strict=False leaves bodies unread but for those that can be read, for feeds
    that carry garbage on purpose.
    """

    def __init__(self, endpoint, prefix=b"", strict=True, **rules):
        self.endpoint, self.prefix, self.strict = endpoint, prefix, strict
        self.messages, self.wrong = [], []
        self.rules = protocol.FeedRules(**rules)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        sub = CONTEXT.socket(zmq.SUB)
        sub.setsockopt(zmq.RCVHWM, 0)
        sub.setsockopt(zmq.LINGER, 0)
        sub.setsockopt(zmq.RECONNECT_IVL, 20)
        sub.setsockopt(zmq.RECONNECT_IVL_MAX, 100)
        sub.setsockopt(zmq.SUBSCRIBE, self.prefix)
        sub.connect(self.endpoint)
        while not self._stop.is_set():
            if sub.poll(50):
                self._take(sub.recv_multipart())
        sub.close()

    def _take(self, frames):
        m = Message()
        m.at, m.wall_ms = time.monotonic(), time.time() * 1000
        m.topic, m.body = frames[0], frames[-1]
        m.kind, m.id, m.value = None, None, None
        try:
            protocol.need(len(frames) == 2, "%d frames", len(frames))
            m.kind, m.id, m.value = protocol.check_message(m.topic, m.body)
            if self.strict and not self.prefix:
                self.rules.check(m.kind, m.id, m.value)
        except protocol.Violation as why:
            if self.strict:
                self.wrong.append("%r: %s" % (m.topic, why))
        self.messages.append(m)

    def of(self, kind, name=None):
        return [m for m in list(self.messages) if m.kind == kind and name in (None, m.id)]

    def samples(self, drone=None):
        return [m.value for m in self.of("tm", drone)]

    def stages(self, command):
        return [m.value["stage"] for m in self.of("cm") if m.value["id"] == command]

    def wait(self, n, kind, name=None, timeout=PATIENCE):
        """The first n of a kind, once there are so many."""
        wait_for(lambda: len(self.of(kind, name)) >= n,
                 "%d x %s.%s" % (n, kind, name or "*"), timeout)
        return self.of(kind, name)[:n]

    def wait_stage(self, command, *stages, timeout=PATIENCE):
        """The cm of that command with one of the stages."""
        def found():
            for m in self.of("cm"):
                if m.value["id"] == command and m.value["stage"] in stages:
                    return m.value
            return None
        return wait_for(found, "%s of command %s (%s)" % ("/".join(stages), command,
                                                         self.stages(command)), timeout)

    def close(self):
        self._stop.set()
        self._thread.join()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Control:
    """One client of a control socket. A DEALER sends the frames of envelope before the body."""

    def __init__(self, endpoint, envelope=None):
        self.envelope = envelope
        self.socket = CONTEXT.socket(zmq.REQ if envelope is None else zmq.DEALER)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.setsockopt(zmq.RECONNECT_IVL, 20)
        if envelope is None:
            self.socket.setsockopt(zmq.REQ_RELAXED, 1)
            self.socket.setsockopt(zmq.REQ_CORRELATE, 1)
        self.socket.connect(endpoint)

    def send_raw(self, body):
        self.socket.send_multipart((self.envelope or []) + [body])

    def receive_raw(self, timeout=PATIENCE):
        """The reply's body; the envelope must have come back unchanged."""
        if not self.socket.poll(timeout * 1000):
            raise AssertionError("no reply within %g s" % timeout)
        frames = self.socket.recv_multipart()
        protocol.need(frames[:-1] == (self.envelope or []), "envelope %r came back as %r",
                      self.envelope, frames[:-1])
        return frames[-1]

    def ask_raw(self, body, timeout=PATIENCE, op=None):
        self.send_raw(body)
        return protocol.check_reply(self.receive_raw(timeout), op)

    def ask(self, op, timeout=PATIENCE, **keys):
        request = {"v": 1, "op": op}
        request.update((k.rstrip("_"), v) for k, v in keys.items())
        return self.ask_raw(protocol.pack(request), timeout, op)

    def command(self, drone, cmd, args=None, timeout=PATIENCE, **keys):
        """(id, reply). It expires in a minute by the server's clock unless told otherwise."""
        request = {"id": str(uuid.uuid4()), "drone": drone, "cmd": cmd, "args": args or {},
                   "by": "tester"}
        request.update(keys)
        if "expires" not in request:
            request["expires"] = self.ask("hello", timeout)["time"] + 60000
        return request["id"], self.ask("command", timeout, **request)

    def backfill(self, drone, boot, first, last, **keys):
        return self.ask("backfill", drone=drone, boot=boot, to=last, **{"from": first}, **keys)

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
