"""The programs under test: started, watched, ended; ports and places of their own."""
import os
import pathlib
import re
import signal
import socket
import subprocess
import threading
import time

from wire import PATIENCE, Control, wait_for

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("ODYSSEY_BUILD", ROOT / "build")).resolve()
ODYSSEY, SIM = str(BUILD / "odyssey"), str(BUILD / "odyssey-sim")

LOG_LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (error|warning|notice|info|debug) \S.*")


def free_port():
    """A TCP port nobody listens on now."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def clean_environment(home):
    """Nothing of the caller's: no configuration, a home of its own."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("ODYSSEY_", "XDG_"))}
    env.update(HOME=str(home), XDG_STATE_HOME=str(home) + "/state",
               XDG_CONFIG_HOME=str(home) + "/config", LC_ALL="C.UTF-8")
    return env


class Program:
    """A running program; its stderr is collected, line by line."""

    def __init__(self, args, cwd, **env):
        full = clean_environment(cwd)
        full.update(env)
        self.args = [str(a) for a in args]
        self.lines = []
        self.process = subprocess.Popen(self.args, cwd=cwd, env=full, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self._readers = [threading.Thread(target=self._read, args=(f,), daemon=True)
                         for f in (self.process.stderr, self.process.stdout)]
        for r in self._readers:
            r.start()

    def _read(self, f):
        for line in f:
            self.lines.append(line.decode(errors="replace").rstrip("\n"))

    @property
    def log(self):
        return "\n".join(self.lines)

    def running(self):
        return self.process.poll() is None

    def wait_log(self, pattern, timeout=PATIENCE):
        return wait_for(lambda: re.search(pattern, self.log), "%r in the log:\n%s" %
                        (pattern, self.log), timeout)

    def wait(self, timeout=PATIENCE):
        """Its exit code, once it ended by itself."""
        code = self.process.wait(timeout)
        for r in self._readers:
            r.join(5)
        return code

    def send_signal(self, number):
        self.process.send_signal(number)

    def stop(self, number=signal.SIGTERM, timeout=PATIENCE):
        """(exit code, seconds it took to end)."""
        start = time.monotonic()
        if self.running():
            self.process.send_signal(number)
        code = self.wait(timeout)
        return code, time.monotonic() - start

    def kill(self):
        if self.running():
            self.process.kill()
        self.wait()

    def end(self):
        """Ends it after a test, properly if it still runs: an ungraceful end, a leak or
        anything else that a sanitizer saw is a failure of that test."""
        ran = self.running()
        code = self.stop()[0] if ran else self.wait()
        assert not re.search(r"Sanitizer|runtime error", self.log), self.log
        assert not ran or code == 0, "it ended with %d:\n%s" % (code, self.log)


def preload(place, name, **env):
    """Environment of programs that run with tests/e2e/NAME.c between them and the system."""
    library = pathlib.Path(place) / (name + ".so")
    source = pathlib.Path(__file__).parent / (name + ".c")
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
    return {"LD_PRELOAD": str(library), "ASAN_OPTIONS": "verify_asan_link_order=0", **env}


def run(args, cwd, timeout=PATIENCE, **env):
    """Runs a program to its end: (exit code, stdout, stderr)."""
    full = clean_environment(cwd)
    full.update(env)
    done = subprocess.run([str(a) for a in args], cwd=cwd, env=full, stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=timeout, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


class Served:
    """Something with a feed and a control endpoint."""
    feed = control = None

    def ask(self, op, **keys):
        with Control(self.control) as c:
            return c.ask(op, **keys)

    def command(self, drone, cmd, args=None, **keys):
        with Control(self.control) as c:
            return c.command(drone, cmd, args, **keys)


class Sim(Program, Served):
    def __init__(self, place, *args, name="sim", **env):
        self.feed = "ipc://%s/%s" % (place, name)
        self.control = "ipc://%s/%s.control" % (place, name)
        super().__init__([SIM, "--feed", self.feed, "--control", self.control, *args], place, **env)
        self.hello = None
        with Control(self.control) as c:
            wait_for(lambda: self.running(), "the simulator")
            self.hello = c.ask("hello")


class Daemon(Program, Served):
    """A daemon in a state directory; start it again on the same one with again()."""

    def __init__(self, place, *args, sources=(), name="daemon", state=None, wait=True, **env):
        self.place, self.name, self.more, self.env = place, name, args, env
        self.sources = [s if isinstance(s, str) else "%s,%s" % (s.feed, s.control) for s in sources]
        self.feed = "ipc://%s/%s" % (place, name)
        self.control = "ipc://%s/%s.control" % (place, name)
        self.state = str(state or "%s/%s-state" % (place, name))
        given = [x for s in self.sources for x in ("--source", s)]
        super().__init__([ODYSSEY, "daemon", "--feed", self.feed, "--control", self.control,
                          "--state", self.state, *given, *args], place, **env)
        if wait:
            with Control(self.control) as c:
                self.hello = c.ask("hello")

    def again(self, wait=True):
        return Daemon(self.place, *self.more, sources=self.sources, name=self.name,
                      state=self.state, wait=wait, **self.env)

    def source(self, feed):
        """What `sources` says of the one with that feed."""
        for s in self.ask("sources")["sources"]:
            if s["feed"] == feed:
                return s
        raise AssertionError("no source %s" % feed)

    def wait_up(self, *sources):
        for s in sources:
            wait_for(lambda: self.source(s.feed)["state"] == "up", "%s up" % s.feed)

    def drone(self, name):
        for d in self.ask("roster")["drones"]:
            if d["id"] == name:
                return d
        return None

    def wait_drone(self, *names):
        for n in names:
            wait_for(lambda: self.drone(n), "drone %s" % n)
