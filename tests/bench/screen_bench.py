"""The screen's figures: the real program on a pty, whose other end answers as a
terminal does, timed from the outside. bench.py runs this.

	key to echo	a letter nobody else draws is typed into the command line
			and waited for among the bytes that come back
	frame		CPU time of the screen's thread, told by ODYSSEY_FRAME_STATS
	sample to screen  a source of our own, behind a daemon that carries a
			fleet beside it, publishes a height of four equal digits,
			which the screen then has to draw as four bytes in a row
	bytes		counted at the pty
"""
import fcntl
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
TICK = os.sysconf("SC_CLK_TCK")
GREEK = "αβγδεζηθικλμνξοπρστυφχψω"


def quantile(values, q):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * q))]


class Terminal:
    """The other end: answers CSI 5 n at once, keeps what came."""

    def __init__(self, build, place, *args, cols=120, rows=40, cpu=None):
        env = {"PATH": os.environ["PATH"], "HOME": str(place), "TERM": "xterm-256color",
               "LANG": "C.UTF-8", "XDG_STATE_HOME": str(place / "screen"), "TMPDIR": str(place),
               "ODYSSEY_FRAME_STATS": "1"}
        self.bytes, self.tail = 0, b""
        self.started = time.monotonic()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            if cpu is not None:
                os.sched_setaffinity(0, {cpu})
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
            os.chdir(place)
            os.execve(build / "odyssey", [str(build / "odyssey"), *map(str, args)], env)

    def read(self, seconds):
        """What comes within the time, at most one read; answers what asks."""
        if not select.select([self.fd], [], [], max(0, seconds))[0]:
            return b""
        try:
            data = os.read(self.fd, 1 << 16)
        except OSError:
            return b""
        self.bytes += len(data)
        asks = (self.tail[-3:] + data).count(b"\x1b[5n")
        if asks:
            os.write(self.fd, b"\x1b[0n" * asks)
        self.tail = (self.tail + data)[-200000:]
        return data

    def drain(self, seconds):
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.read(left)

    def wait(self, what, seconds=20):
        """Until the bytes came; when."""
        end = time.monotonic() + seconds
        seen = b""
        while time.monotonic() < end:
            seen = (seen + self.read(0.05))[-4096:]
            if what in seen:
                return time.monotonic()
        raise RuntimeError(f"{what} was never shown")

    def type(self, text):
        os.write(self.fd, text.encode())

    def cpu_s(self):
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def quit(self):
        """Ends it; what it told of its frames."""
        self.type("\x1b")
        self.drain(0.2)
        self.type("\x15:q\r")
        end = time.monotonic() + 5
        while time.monotonic() < end and os.waitpid(self.pid, os.WNOHANG)[0] == 0:
            self.read(0.02)
        self.drain(0.1)
        os.close(self.fd)
        told = re.findall(rb"frames (\d+), CPU ms a frame: mean ([\d.]+), p50 ([\d.]+), p99 ([\d.]+)",
                          self.tail)
        return [float(x) for x in told[-1]] if told else [0, 99, 99, 99]


def echo_times(t, count):
    """Seconds from a key to its letter on the terminal."""
    times = []
    t.type(":")
    t.drain(0.3)
    for i in range(count):
        letter = GREEK[i % len(GREEK)]
        if i and i % len(GREEK) == 0:
            t.type("\x15")
            t.drain(0.2)
        t.drain(0.013 + 0.0071 * (i % 11))  # in no step with the frames
        t.type(letter)
        begun = time.monotonic()
        times.append(t.wait(letter.encode(), 5) - begun)
    return times


def simulator(build, place, drones, rate, name="sim"):
    feed = f"ipc://{place}/{name}"
    return feed, subprocess.Popen(
        [build / "odyssey-sim", "--drones", str(drones), "--rate", str(rate), "--seed", "7",
         "--model", "mixed", "--feed", feed, "--control", feed + ".control"],
        stderr=subprocess.DEVNULL)


def end(*processes):
    for p in processes:
        p.send_signal(signal.SIGTERM)
    for p in processes:
        p.wait(20)


def thousand(build, place, report):
    feed, sim = simulator(build, place, 1000, 10)
    try:
        t = Terminal(build, place, "--connect", f"{feed},{feed}.control")
        t.wait(b"LIVE")
        t.drain(4)
        times = echo_times(t, 200)
        report("screen, 1000 drones x 10 Hz: key to echo, p99", quantile(times, 0.99) * 1000, "ms", 30)
        t.type("\x1b")
        t.drain(5)
        frames = t.quit()
        report("screen, 1000 drones x 10 Hz: CPU of a frame, mean", frames[1], "ms", 5)
        report("screen, 1000 drones x 10 Hz: CPU of a frame, p99", frames[3], "ms", 5)
    finally:
        end(sim)


def five_thousand(build, place, report):
    feed, sim = simulator(build, place, 5000, 10)
    try:
        t = Terminal(build, place, "--connect", f"{feed},{feed}.control", cpu=0)
        t.wait(b"LIVE")
        t.drain(5)
        t.type(":set fps 10\r")
        t.drain(2)
        cpu, begun, asked = t.cpu_s(), time.monotonic(), 0
        while time.monotonic() - begun < 10:
            asked += t.read(0.1).count(b"\x1b[5n")
        seconds = time.monotonic() - begun
        report("screen, 5000 drones x 10 Hz, on one core: frames a second of 10", asked / seconds,
               "", 9, False)
        report("screen, 5000 drones x 10 Hz, on one core: CPU", (t.cpu_s() - cpu) / seconds, "cores", 1)
        times = echo_times(t, 100)
        report("screen, 5000 drones x 10 Hz, on one core: key to echo, p99",
               quantile(times, 0.99) * 1000, "ms", 100)
        t.quit()
    finally:
        end(sim)


def daemon(build, place, *sources):
    feed = f"ipc://{place}/feed"
    args = [a for s in sources for a in ("--source", f"{s},{s}.control")]
    return feed, subprocess.Popen(
        [build / "odyssey", "daemon", "--state", place / "state", "--feed", feed, "--control",
         feed + ".control", *args], stderr=subprocess.DEVNULL,
        env={**os.environ, "TMPDIR": str(place)})


def sample_to_screen(build, place, report):
    from fake_source import FakeSource

    sim_feed, sim = simulator(build, place, 500, 10)
    with FakeSource(place, name="probe", drones=("A00",)) as source:
        feed, site = daemon(build, place, sim_feed, source.feed)
        try:
            source.wait_subscribed()
            source.sample(height=100)
            t = Terminal(build, place, "--connect", f"{feed},{feed}.control", rows=60, cols=200)
            t.wait(b"LIVE")
            t.drain(3)
            t.type(":sort id\r:select A00\r2g")
            t.drain(2)
            times = []
            for i in range(150):
                digits = "12345678"[i % 8] * 4
                t.drain(0.05 + 0.0083 * (i % 13))
                begun = time.monotonic()
                source.sample(height=int(digits) * 100)
                times.append(t.wait(digits.encode(), 5) - begun)
            report("sample to screen, p99, 500 drones x 10 Hz, by way of a daemon",
                   quantile(times, 0.99) * 1000, "ms", 100)
            t.quit()
            starts = []
            for _ in range(11):
                t = Terminal(build, place, "--connect", f"{feed},{feed}.control")
                starts.append(t.wait(b" LIVE ") - t.started)
                t.drain(0.3)
                t.quit()
            report("first frame with the fleet in it, on a running daemon, median of 11",
                   quantile(starts, 0.5) * 1000, "ms", 100)
        finally:
            end(site, sim)


def circling(source, drones, stop):
    """Everybody moves, and every number of everybody changes."""
    import math

    t0, k = time.monotonic(), 0
    while not stop.is_set():
        k += 1
        for i, drone in enumerate(drones):
            a = 0.05 * (time.monotonic() - t0) + i
            source.sample(drone, lat=int(471400000 + 30000 * math.sin(a) * (1 + i % 7)),
                          lon=int(95200000 + 40000 * math.cos(a) * (1 + i % 5)),
                          height=6000 + 20 * (k % 50), heading=int(100 * ((k + i * 7) % 360)),
                          course=int(100 * ((k + i * 7) % 360)), speed=1200 + k % 90,
                          flags=protocol_flags())
        stop.wait(max(0, t0 + k * 0.1 - time.monotonic()))


def protocol_flags():
    import protocol

    return protocol.POSITION | protocol.HOME | 3  # armed, in the air


def traffic(build, place, report):
    from fake_source import FakeSource

    drones = [f"D{i:02}" for i in range(1, 51)]
    stop = threading.Event()
    with FakeSource(place, name="fifty", drones=drones) as source:
        mover = threading.Thread(target=circling, args=(source, drones, stop))
        mover.start()
        try:
            t = Terminal(build, place, "--connect", f"{source.feed},{source.control}")
            t.wait(b"LIVE")
            t.drain(3)
            t.type(":set fps 4\r")
            t.drain(3)
            before, begun, asked = t.bytes, time.monotonic(), 0
            while time.monotonic() - begun < 15:
                asked += t.read(0.1).count(b"\x1b[5n")
            seconds = time.monotonic() - begun
            report(f"screen at 120x40, 50 drones moving, {asked / seconds:.1f} frames/s: traffic",
                   (t.bytes - before) / seconds / 1000, "kB/s", 10)
            t.quit()
        finally:
            stop.set()
            mover.join()


def run(build, report):
    for part in (traffic, sample_to_screen, thousand, five_thousand):
        place = pathlib.Path(tempfile.mkdtemp(prefix="odyssey-bench."))
        try:
            part(build, place, report)
        finally:
            shutil.rmtree(place, ignore_errors=True)
