"""What must raise no alarm, must not end one, and must not be believed."""
import threading
import time

import pytest

from alarm_helpers import config, flying, low, no_plan, standing, wait_told
from programs import ODYSSEY, run
from wire import wait_for

LOST_S = 10


class Flight:
    """Drones that hover, told of five times a second until it ends."""

    def __init__(self, src, **fields):
        self.src, self.fields = src, fields
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while not self._stop.wait(0.2):
            for d in self.src.drones:
                flying(self.src, d, **self.fields)

    def close(self):
        self._stop.set()
        self._thread.join()


@pytest.fixture
def fly(opened):
    def start(*args, **keys):
        opened.append(Flight(*args, **keys))
        return opened[-1]
    return start


@pytest.fixture
def pair(fake, daemon, watch):
    def start(drones=("F01",), **keys):
        src = fake(drones=drones, **keys)
        src.on_any = no_plan
        d = daemon(sources=[src], ODYSSEY_COMMAND_ANSWER_S="1")
        w = watch(d)
        d.wait_up(src)
        # Who subscribes hears what is sent from a moment later on.
        w.wait(1, "hb")
        return src, d, w
    return start


def rules(w):
    return {m.value["rule"] for m in w.of("al")}


# --- nothing to be told ---

@pytest.mark.parametrize("step_ms", [3600_000, -3600_000])
def test_a_clock_that_steps_loses_no_drone(pair, fly, step_ms):
    src, _, w = pair(drones=["F01", "F02", "F03"])
    fly(src)
    w.wait(6, "tm")
    src.skew_ms = step_ms
    src.last_time.clear()
    wait_told(w, ["raised"], "clock-skew")
    assert rules(w) == {"clock-skew"}


def test_a_source_that_is_back_has_lost_no_drone(pair, fly):
    src, d, w = pair(drones=["F01", "F02", "F03"])
    flight = fly(src)
    w.wait(6, "tm")
    flight.close()
    src.vanish()
    ended = time.monotonic()
    wait_told(w, ["raised"], "source-lost")
    wait_for(lambda: time.monotonic() > ended + LOST_S + 1, "silence for longer than lost_s")
    src.appear()
    wait_told(w, ["raised", "returned"], "source-lost")
    said = len(w.samples())
    wait_for(lambda: len(w.of("hb")) and d.source(src.feed)["state"] == "up", "the return")
    time.sleep(1)  # of heartbeats alone
    fly(src)
    w.wait(said + 6, "tm")
    assert rules(w) == {"source-lost"}
    # One that stays away is lost all the same.
    src.drones.remove("F03")
    wait_told(w, ["raised"], "lost", "F03")


# --- what is over, and what only seems so ---

def test_a_source_that_is_away_is_one_alarm_over_a_restart(pair, fly, watch):
    src, d, w = pair()
    flight = fly(src)
    w.wait(2, "tm")
    flight.close()
    src.vanish()
    [al] = wait_told(w, ["raised"], "source-lost")
    d.ask("ack", id_=al["id"], by="ann")
    [al] = standing(d)
    time.sleep(0.5)  # rows are committed within 100 ms
    d.kill()
    again = d.again()
    w = watch(again)
    try:
        started = time.monotonic()
        wait_for(lambda: time.monotonic() > started + 12, "the patience with a source to be over")
        assert standing(again) == [al] and w.of("al") == []
        src.appear()
        wait_told(w, ["cleared"], "source-lost")
    finally:
        again.end()


def test_a_command_of_unknown_fate_stays_so_over_a_restart(pair, fly, watch):
    src, d, w = pair()
    fly(src)
    d.wait_drone("F01")
    src.on_command = lambda request: []
    d.command("F01", "goto", {"lat": 47.14, "lon": 9.52}, id="c1")
    [al] = wait_told(w, ["raised"], "command-unknown")
    d.ask("ack", id_=al["id"], by="ann")
    [al] = standing(d)
    time.sleep(0.5)  # rows are committed within 100 ms
    d.kill()
    again = d.again()
    w = watch(again)
    try:
        w.wait(20, "tm")
        assert standing(again) == [al] and w.of("al") == []
        src.on_command = None
        again.command("F01", "hold", id="c2")
        wait_told(w, ["cleared"], "command-unknown")
    finally:
        again.end()


def test_a_flood_is_one_still_after_a_restart(pair, watch):
    src, d, w = pair(drones=["F%02d" % i for i in range(12)])
    for name in src.drones:
        low(src, name)
    wait_told(w, ["raised"], "flood")
    wait_for(lambda: len(standing(d)) == 13, "all of them")
    d.ask("ack", all_=True, by="ann")
    before = standing(d)
    time.sleep(0.5)  # rows are committed within 100 ms
    d.kill()
    again = d.again()
    w = watch(again)
    try:
        again.wait_up(src)
        w.wait(3, "hb", "odyssey")
        assert again.ask("alarms")["flood"] and standing(again) == before and w.of("al") == []
    finally:
        again.end()


# --- unknown is the dangerous case ---

def test_valid_without_a_place_is_no_position(pair, fly):
    src, _, w = pair()
    flight = fly(src)
    w.wait(2, "tm")
    flight.fields = {"lat": None, "lon": None}
    wait_told(w, ["raised"], "position-lost")
    flight.fields = {}
    wait_told(w, ["raised", "returned"], "position-lost")


# --- what others say ---

@pytest.mark.parametrize("kind", ["sim", "daemon"])
def test_nobody_speaks_in_the_name_of_the_daemon(pair, watch, kind):
    src, d, w = pair(kind=kind)
    src.sample()
    al = {"id": "F01.abc", "rule": "battery-low", "drone": "F01", "level": "critical", "state": "raised",
          "time": src.now(), "source": "odyssey", "text": "land it", "since": src.now()}
    src.publish("al.F01", al)
    src.publish("al.", dict(al, id="odyssey.x", drone=None, rule="history"))
    wait_for(lambda: len([m for m in list(w.messages) if m.topic.startswith(b"al.")]) == 2, "both")
    time.sleep(0.5)  # rows are committed within 100 ms
    d.kill()
    src.vanish()
    again = d.again()
    try:
        assert standing(again) == []
    finally:
        again.end()


def test_an_id_of_another_daemon_hides_none_of_ours(fake, daemon, watch):
    ours, other = fake(), fake(drones=["G01"], name="other", kind="daemon")
    ours.on_any = no_plan
    d = daemon(sources=[ours, other])
    w = watch(d)
    d.wait_up(ours, other)
    low(ours)
    [al] = wait_told(w, ["raised"])
    other.sample()
    other.publish("al.G01", dict(al, drone="G01", source="site"))
    wait_for(lambda: len(standing(d)) == 2, "the other's")
    assert d.ask("ack", id_=al["id"], by="ann")["count"] == 1
    assert wait_told(w, ["raised", "acked"], drone="F01")[-1]["by"] == "ann"
    assert other.asked("ack") == []


# --- what cannot be watched ---

@pytest.mark.parametrize("text, line, want", [
    ("[alarm battery-low]\nclear = 5\n", 2, ("battery-low", "clear", "15")),
    ("[alarm clock-skew]\non = yes\nclear = 3\n", 3, ("clock-skew", "clear", "2")),
    ("# mine\n[alarm x]\nlevel = watch\nwhen = battery <\n", 4, ("x", "when", "column 10")),
    ("[alarm x]\nlevel = watch\n", 2, ("x", "when: nothing is said")),
    ("[alarm battery-low]\nfor = ever\n", 2, ("battery-low", "for", "ever")),
    ("[alarm battery-low]\nlevel = watch\nonly = in_air\ntext = {bat}\n", 4, ("battery-low", "text", "{bat}")),
    ("[zone z]\nkind = in\nceiling = high\n", 3, ("[zone z]", "ceiling", "high")),
    ("[zone z]\nkind = in\n", 2, ("[zone z]", "names neither a file nor a ceiling")),
    ("[zone z]\nkind = in\nfile = none.geojson\n", 3, ("[zone z]", "none.geojson")),
])
def test_it_is_one_sentence(place, text, line, want):
    path = config(place, text)
    code, _, err = run([ODYSSEY, "daemon", "--config", path, "--state", place + "/s", "--feed",
                        "ipc://%s/f" % place, "--control", "ipc://%s/c" % place], place)
    assert code == 2 and "%s:%d: " % (path, line) in err and err.count("\n") == 1
    assert [w for w in want if w not in err] == []
    code, out, _ = run([ODYSSEY, "check", "--config", path, "--state", place + "/s"], place)
    assert code == 1 and [w for w in (*want, "%s:%d: " % (path, line)) if w not in out] == []
