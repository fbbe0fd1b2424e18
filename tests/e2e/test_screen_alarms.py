"""Alarms on the screen: raised by the daemon, acknowledged and shelved there, and heard."""
import pytest

from alarm_helpers import flying, low, no_plan, wait_told
from screen_helpers import Terminal
from wire import wait_for


@pytest.fixture
def alarmed(fake, daemon, watch, tmp_path):
    """A drone that flies, and then runs low; its daemon and a watcher of that."""
    src = fake(drones=("F01",))
    src.on_any = no_plan
    d = daemon(sources=[src])
    w = watch(d)
    w.wait(1, "hb")
    d.wait_up(src)
    flying(src)
    return src, d, w


def screen(tmp_path, d, *more, **how):
    return Terminal(tmp_path, "--connect", f"{d.feed},{d.control}", *more, **how)


@pytest.mark.parametrize("cols,rows", [(80, 24), (120, 40)])
def test_acknowledged_for_everybody(alarmed, tmp_path, cols, rows):
    src, d, w = alarmed
    with screen(tmp_path, d, cols=cols, rows=rows) as t, screen(tmp_path, d) as other:
        t.wait_for("LIVE", "F01")
        other.wait_for("LIVE", "F01")
        low(src)
        t.wait_for("1 unacked", "! F01", "battery 14", "UNACKED")
        other.wait_for("UNACKED")
        t.read(0.4)
        t.send("a")
        t.wait_for("acknowledged: F01", "acked")
        other.wait_for("acked")
        wait_told(w, ["raised", "acked"])


def test_shelved_and_taken_back(alarmed, tmp_path):
    src, d, w = alarmed
    with screen(tmp_path, d) as t:
        t.wait_for("LIVE", "F01")
        low(src)
        t.wait_for("UNACKED")
        t.send(":shelve F01 battery-low on the bench\r")
        t.wait_for("no time to shelve for")
        t.send("\x15shelve F01 battery_low 10m on the bench\r")
        t.wait_for("shelved till", "1 shelved")
        t.send(":unshelve F01 battery-low\r")
        t.wait_for("UNACKED")
        wait_told(w, ["raised", "shelved", "raised"])


def test_out_of_service(fake, daemon, watch, tmp_path):
    """The alarms of a drone that does not return: by key with a typed reason, and by line."""
    conf = tmp_path / "fast.conf"
    conf.write_text("[fleet]\nstale_s = 1\nlost_s = 2\n")
    src = fake(drones=("F01",))
    src.on_any = no_plan
    d = daemon("--config", conf, sources=[src])
    w = watch(d)
    d.wait_up(src)
    low(src)
    with screen(tmp_path, d, cols=200, rows=50) as t:
        t.wait_for("LIVE", "not heard for", "battery 14")
        t.send("4o")
        t.wait_for("go to an alarm that stands first")
        t.send("jo")
        t.wait_for(":shelve F01 lost out")
        t.send("crashed in the lake\r")
        t.wait_for("out of service: F01", "1 out of service")
        t.send(":shelve F01 all out crashed in the lake\r")
        t.wait_for("crashed in the lake", "took the alarm battery-low of F01 out of service")
        wait_told(w, ["raised", "out-of-service"], "battery-low")
        t.send(":unshelve F01 battery-low\r")
        wait_told(w, ["raised", "out-of-service", "raised"], "battery-low")
        flying(src, battery=500)
        wait_told(w, ["raised", "out-of-service", "cleared"], "lost")
        t.wait_gone("  1 out of service")
        assert t.text().count("\n>") == 1, t.text()


def test_read_only_answers_nothing(alarmed, tmp_path):
    src, d, w = alarmed
    low(src)
    wait_told(w, ["raised"])
    with screen(tmp_path, d, "--read-only") as t:
        t.wait_for("UNACKED")
        t.read(0.4)
        t.send("a")
        t.wait_for("read-only: nothing is sent")
        wait_told(w, ["raised"])


def bells(t):
    # BEL ends a title too; the screen sets none.
    return t.raw.count(b"\x07")


def test_the_bell_rings_for_what_is_new(alarmed, tmp_path):
    src, d, w = alarmed
    low(src)
    wait_told(w, ["raised"])
    with screen(tmp_path, d, ODYSSEY_SCREEN_BELL="warning") as t:
        t.wait_for("UNACKED")
        # What stood before is seen, not heard.
        assert bells(t) == 0
        flying(src, battery=500)
        t.wait_for("over")
        low(src)
        t.wait_for("UNACKED 1 s")
        assert bells(t) == 1
        t.send("M")
        t.wait_for("bell silent till", "nothing is acknowledged")


def test_a_lost_drone_keeps_its_card(alarmed, tmp_path):
    src, d, w = alarmed
    with screen(tmp_path, d) as t:
        t.wait_for("LIVE", "F01")
        t.wait_for("lost: no telemetry", "last ", "within", "tells not", timeout=30)


def fenced(request):
    """A fence of 300 m around its home."""
    if request["op"] == "plan":
        fence = {"kind": "in", "center": [47.14, 9.52], "radius": 300}
        return [(0, {"v": 1, "ok": True, "rev": 1, "mission": [], "fence": [fence], "rally": []})]
    return None


def test_a_reason_is_typed_and_travels(alarmed, tmp_path):
    src, d, w = alarmed
    src.on_any = fenced
    flying(src, battery=900)
    with screen(tmp_path, d) as t:
        t.wait_for("LIVE", "F01")
        t.send(":goto F01 47.15 9.52 60\r")
        t.wait_for("CONFIRM", "outside", "reason: ____")
        flying(src, battery=900)
        t.read(0.3)
        t.send("y\r")
        t.wait_for("say in words")
        t.send("\x7fsearch area 4\r")
        t.wait_for("reason: search area 4", "[y] send")
        t.read(0.3)
        t.send("y")
        wait_for(lambda: any("search area 4" in m.value["text"] for m in w.of("ev")),
                 "the reason in an event")
