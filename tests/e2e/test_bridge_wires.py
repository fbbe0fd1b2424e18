"""The bridge on a serial line and on a UDP port that somebody else listens at: a whole
flight over each, and a line that is pulled out and comes back."""
import os
import pty
import select
import socket
import threading
import tty

import pytest

from bridge_helpers import Bridge, until


class Wire:
    """Carries datagrams of a fake vehicle over something else and back, in a thread.
    Closed at the end; `cut` loses everything meanwhile."""

    def __init__(self):
        self.vehicle = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.vehicle.bind(("127.0.0.1", 0))
        self.port = self.vehicle.getsockname()[1]
        self.peer = None
        self.carried = [0, 0]
        self.over = False
        self.thread = threading.Thread(target=self._carry)

    def _carry(self):
        while not self.over:
            fd = self.far()
            ready = select.select([self.vehicle, fd], [], [], 0.05)[0]
            if self.vehicle in ready:
                data, self.peer = self.vehicle.recvfrom(65536)
                self.put(data)
                self.carried[0] += len(data)
            if fd in ready:
                data = self.get()
                if data and self.peer:
                    self.vehicle.sendto(data, self.peer)
                    self.carried[1] += len(data)

    def close(self):
        self.over = True
        self.thread.join()
        self.vehicle.close()


class SerialLine(Wire):
    """A pseudo-terminal under a name that stays, as udev gives one."""

    def __init__(self, directory):
        super().__init__()
        self.name = directory / "ttyUSB0"
        self.lock = threading.Lock()
        self.master = None
        self.plug()
        self.thread.start()

    def plug(self):
        master, slave = pty.openpty()
        tty.setraw(slave)
        self.name.unlink(missing_ok=True)
        self.name.symlink_to(os.ttyname(slave))
        os.close(slave)
        os.set_blocking(master, False)
        with self.lock:
            self.master = master

    def unplug(self):
        with self.lock:
            os.close(self.master)
            self.master = None
        self.name.unlink()

    def far(self):
        # While nothing is plugged in only the vehicle is listened to.
        with self.lock:
            return self.vehicle if self.master is None else self.master

    def put(self, data):
        with self.lock:
            try:
                if self.master is not None:
                    os.write(self.master, data)
            except BlockingIOError:  # nobody reads: a line keeps nothing
                pass

    def get(self):
        with self.lock:
            try:
                return os.read(self.master, 4096) if self.master is not None else b""
            except OSError:  # nobody has it open yet
                return b""

    def close(self):
        super().close()
        if self.master is not None:
            os.close(self.master)


class Listener(Wire):
    """A port that waits to be spoken to, as a vehicle behind a router does."""

    def __init__(self):
        super().__init__()
        self.out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.out.bind(("127.0.0.1", 0))
        self.out_port = self.out.getsockname()[1]
        self.bridge = None
        self.thread.start()

    def far(self):
        return self.out

    def put(self, data):
        if self.bridge:
            self.out.sendto(data, self.bridge)

    def get(self):
        data, self.bridge = self.out.recvfrom(65536)
        return data

    def close(self):
        super().close()
        self.out.close()


def fly(c):
    """Arms, climbs, goes somewhere, comes home."""
    for cmd, args in (("arm", {}), ("takeoff", {"height": 10}),
                      ("goto", {"lat": 47.1002, "lon": 9.5002, "height": 12}), ("rtl", {})):
        reply = c.command("M1", cmd, **args)
        assert reply["ok"], (cmd, reply, c.events())
        until(lambda: c.stages()[-1:] == ["done"], 60, lambda: (cmd, c.stages(), c.last(), c.events()))


@pytest.mark.parametrize("dialect", ["ardupilot", "px4"])
def test_a_flight_over_a_serial_line(tmp_path, dialect):
    line = SerialLine(tmp_path)
    try:
        with Bridge(tmp_path, f"serial:{line.name}:57600") as b:
            b.vehicle(port=line.port, dialect=dialect, speedup=4)
            fly(b.client)
            assert min(line.carried) > 500
    finally:
        line.close()


def test_a_serial_line_is_pulled_out_and_comes_back(tmp_path):
    line = SerialLine(tmp_path)
    try:
        with Bridge(tmp_path, f"serial:{line.name}:57600") as b:
            c = b.client
            b.vehicle(port=line.port)
            line.unplug()
            until(lambda: any("is down" in t for t in c.events(drone="")), 10, lambda: c.events(drone=""))
            n = len(c.of("tm.M1"))
            line.plug()
            # Same boot, the numbers go on: nothing was missed but what was never measured.
            until(lambda: len(c.of("tm.M1")) > n + 5, 15, lambda: c.events(drone=""))
            seqs = [x[1] for x in c.of("tm.M1")]
            assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))
            assert len({x[0] for x in c.of("tm.M1")}) == 1
            assert c.command("M1", "hold")["ok"]
    finally:
        line.close()


def test_a_flight_over_a_port_that_waits(tmp_path):
    port = Listener()
    try:
        with Bridge(tmp_path, f"udpout:127.0.0.1:{port.out_port}") as b:
            # It speaks first: nobody there would know whom to answer.
            until(lambda: port.bridge, 10)
            b.vehicle(port=port.port, speedup=4)
            fly(b.client)
    finally:
        port.close()
