"""A disk that breaks, or that the kernel makes read-only: writing fails, now and then again."""
import errno
import pathlib
import subprocess
import time

import pytest

from history_helpers import count, history_of, memory_kb, ready, sql, wait_all_stored
from programs import preload
from test_history_crash import BACK, DAMAGED, OUTAGE, Live, loaded, said, small_disk  # noqa: F401
from wire import wait_for


class Faults:
    """Programs started with .env can write to their history only while nothing is set."""

    def __init__(self, place):
        self.control = pathlib.Path(place) / "io-fault"
        self.env = preload(place, "io_fault", IO_FAULT=str(self.control))

    def begin(self, number):
        self.control.write_text(str(number), encoding="ascii")

    def end(self):
        self.control.unlink()


@pytest.fixture
def faults(place):
    return Faults(place)


@pytest.mark.slow
@pytest.mark.parametrize("number", [errno.EIO, errno.EROFS], ids=["broken", "read-only"])
def test_writing_fails_for_a_while(loaded, faults, opened, number):  # noqa: F811
    """Feed and commands go on, it is said once, and all is there afterwards."""
    src, d, w, load = loaded(drones=60, padding=400, **faults.env)
    wait_for(lambda: count(history_of(d)) > 200, "rows")
    before = memory_kb(d)
    live = Live(d, w, src)
    opened.append(live)
    faults.begin(number)
    wait_for(lambda: said(w, OUTAGE), "an event", 10)
    time.sleep(4)
    live.check(4)
    assert memory_kb(d) < before + 20000
    assert d.log.count(OUTAGE) == 1
    faults.end()
    wait_for(lambda: said(w, BACK), "an event", 10)
    load.close()
    for drone in src.drones:
        src.sample(drone)
    wait_all_stored(history_of(d), src)
    assert len(said(w, OUTAGE)) == 1 and len(said(w, BACK)) == 1 and said(w, DAMAGED) == []
    wait_for(lambda: not sql(history_of(d), "SELECT * FROM gaps WHERE state <> 'filled'"), "no gap open")


def test_one_write_in_many_fails(loaded, faults):  # noqa: F811
    """A connection that had an error is not trusted; nothing is stored twice, nothing is lost."""
    src, d, _, load = loaded(drones=30, queue_mb=48, **faults.env)
    for _ in range(12):
        faults.begin(errno.EIO)
        time.sleep(0.05)
        faults.end()
        time.sleep(0.25)
    load.close()
    for drone in src.drones:
        src.sample(drone)
    wait_all_stored(history_of(d), src)
    assert "set aside" not in d.log


def test_killed_while_writing_fails(loaded, faults, opened):  # noqa: F811
    src, d, _, load = loaded(drones=30, queue_mb=48, **faults.env)
    faults.begin(errno.EIO)
    d.wait_log(OUTAGE)
    d.kill()
    faults.end()
    opened.append(d.again(wait=False))
    d = ready(src, opened[-1])
    load.close()
    for drone in src.drones:
        src.sample(drone)
    wait_all_stored(history_of(d), src)


def test_read_only_from_the_start(small_disk, fake, daemon, opened):  # noqa: F811
    """It reads what is there, serves, and logs once it may."""
    disk = small_disk(65536)
    src = fake()
    directory = disk.path / "history"
    d = ready(src, daemon("--history", directory, sources=[src]))
    src.samples(50)
    wait_for(lambda: count(directory) == 50, "rows")
    assert d.stop()[0] == 0
    subprocess.run(["mount", "-o", "remount,ro", disk.path], check=True)
    later = d.again(wait=False)
    opened.append(later)
    d = ready(src, later)
    src.samples(50)
    d.wait_log(OUTAGE)
    assert d.command("F01", "hold")[1]["ok"] and d.running()
    assert count(directory) == 50
    subprocess.run(["mount", "-o", "remount,rw", disk.path], check=True)
    d.wait_log(BACK)
    wait_all_stored(directory, src)
    assert d.log.count(OUTAGE) == 1
