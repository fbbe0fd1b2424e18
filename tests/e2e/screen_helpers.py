"""A terminal for the screen: a pty whose other end is pyte, which answers as a
terminal does, or stalls, or hangs up, as a test wants."""
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time

import pyte

from shell_helpers import ODYSSEY, environment


class Answering(pyte.Screen):
    """pyte asks for its own status by write_process_input()."""
    terminal = None

    def write_process_input(self, data):
        if self.terminal and self.terminal.answers:
            self.terminal.send(data)


    # Scrolling within margins (ECMA-48 SU and SD), which pyte lacks and terminals have.

    def scroll_up(self, count=None):
        self._scroll(count, (self.margins or pyte.screens.Margins(0, self.lines - 1)).bottom, self.index)

    def scroll_down(self, count=None):
        self._scroll(count, (self.margins or pyte.screens.Margins(0, self.lines - 1)).top, self.reverse_index)

    def _scroll(self, count, line, step):
        x, y = self.cursor.x, self.cursor.y
        self.cursor.y = line
        for _ in range(count or 1):
            step()
        self.cursor.x, self.cursor.y = x, y


class Stream(pyte.ByteStream):
    csi = {**pyte.ByteStream.csi, "S": "scroll_up", "T": "scroll_down"}
    events = pyte.ByteStream.events | {"scroll_up", "scroll_down"}


class Terminal:
    def __init__(self, tmp_path, *args, cols=120, rows=40, term="xterm-256color", answers=True, **env):
        self.answers, self.bytes, self.raw, self.status = answers, 0, b"", None
        self.screen = Answering(cols, rows)
        self.screen.terminal = self
        self.stream = Stream(self.screen)
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(tmp_path)
            signal.pthread_sigmask(signal.SIG_SETMASK, [])
            full = environment(tmp_path, TERM=term, ODYSSEY_MAPS=os.environ.get("SCREEN_MAPS", ""), **env)
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
            os.execve(ODYSSEY, [ODYSSEY, *map(str, args)], full)
        self.resize(cols, rows)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.hang_up()
        if self.status is None:
            try:
                os.kill(self.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            os.waitpid(self.pid, 0)

    def resize(self, cols, rows):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
        self.screen.resize(rows, cols)

    def send(self, text):
        os.write(self.fd, text.encode() if isinstance(text, str) else text)

    def read(self, seconds):
        """Takes what comes for so long; False at the end."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if not select.select([self.fd], [], [], left)[0]:
                break
            try:
                data = os.read(self.fd, 65536)
            except OSError:
                return False
            if not data:
                return False
            self.bytes += len(data)
            self.raw = (self.raw + data)[-200000:]
            self.stream.feed(data)
        return True

    def text(self):
        return "\n".join(line.rstrip() for line in self.screen.display)

    def wait_for(self, *words, timeout=15):
        """Until all words are shown; the screen's text."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            alive = self.read(0.1)
            if all(w in self.text() for w in words):
                return self.text()
            if not alive:
                break
        raise AssertionError(f"never shown: {words}\n{self.text()}")

    def wait_gone(self, word, timeout=15):
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            self.read(0.1)
            if word not in self.text():
                return
        raise AssertionError(f"still shown: {word}\n{self.text()}")

    def hang_up(self):
        if self.fd is not None:
            os.close(self.fd)
            self.fd = None

    def end(self, timeout=10):
        """Its exit code: negative for a signal."""
        stop = time.monotonic() + timeout
        while time.monotonic() < stop:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
                if self.fd is not None:
                    self.read(0.3)
                return self.status
            if self.fd is None:
                time.sleep(0.05)
            else:
                self.read(0.05)
        raise AssertionError("it goes on\n" + self.text())

    def cpu_seconds(self):
        with open(f"/proc/{self.pid}/stat", encoding="ascii") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
