"""After a restart of the daemon a drone that is silent is known as it was last, and as old as that is."""
import time

from history_helpers import history_of, ready, settle, wait_all_stored
from wire import wait_for


def known(d, name):
    return next(r["tm"] for r in d.ask("roster")["drones"] if r["id"] == name)


def test_silent_drones_are_known_after_a_restart(fake, daemon, opened):
    src = fake(drones=["F01", "F02"])
    d = ready(src, daemon(sources=[src]))
    src.samples(30)
    wait_all_stored(history_of(d), src)
    before = {n: known(d, n) for n in src.drones}
    settle(d)
    d.kill()
    src.close()
    time.sleep(1)
    again = d.again()
    opened.append(again)
    assert {n: known(again, n) for n in src.drones} == before
    assert before["F01"][1] == max(src.recorded["F01", src.boot])


def test_whatever_comes_takes_its_place(fake, daemon, opened):
    """Even of a boot that is older by the drone's clock: it is what is said now."""
    src = fake(drones=["F01"])
    d = ready(src, daemon(sources=[src]))
    src.samples(30)
    settle(d)
    assert d.stop()[0] == 0
    d = d.again()
    opened.append(d)
    ready(src, d)
    assert known(d, "F01")[1] == max(src.recorded["F01", src.boot])
    src.boot -= 1000
    src.samples(3)
    wait_for(lambda: known(d, "F01")[0] == src.boot, "the sample that came")


def test_a_restart_raises_no_alarm_of_drones_that_are_heard(sim, daemon, opened, watch):
    """What was remembered is as old as the pause, until the first sample comes: no reason to worry."""
    s = sim("--drones", "6")
    d = ready(s, daemon(sources=[s]))
    d.wait_drone("D01", "D06")
    settle(d)
    d.kill()
    time.sleep(12)
    again = d.again()
    opened.append(again)
    w = watch(again, strict=False)
    ready(s, again)
    w.wait(20, "tm")
    time.sleep(1)
    assert not [m.value for m in w.of("al") if m.value["rule"] in ("lost", "lost-ground", "stale")]
