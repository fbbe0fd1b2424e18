"""Events that were before a screen came: asked of the daemon, and shown once."""
import time

from alarm_helpers import flying, no_plan
from screen_helpers import Terminal
from wire import wait_for


def happen(src, w, *texts, drone="F01"):
    for text in texts:
        src.publish("ev." + drone, {"drone": drone, "source": src.name, "time": src.now(), "severity": 4,
                                    "text": text})
        time.sleep(0.002)  # another instant for each
    wait_for(lambda: set(texts) <= {m.value["text"] for m in w.of("ev")}, "the events")


def begin(fake, daemon, watch):
    src = fake(drones=("F01", "F02"))
    src.on_any = no_plan
    d = daemon(sources=[src])
    w = watch(d)
    d.wait_up(src)
    w.wait(1, "hb")
    flying(src, "F01")
    flying(src, "F02")
    d.wait_drone("F01", "F02")
    return src, d, w


def texts(d, **keys):
    return [e["text"] for e in d.ask("events", **keys)["events"]]


def screen(tmp_path, d, *more, **how):
    return Terminal(tmp_path, "--connect", "%s,%s" % (d.feed, d.control), *more, **how)


def test_what_is_told(fake, daemon, watch):
    src, d, w = begin(fake, daemon, watch)
    names = ["wind %d" % i for i in range(30)]
    happen(src, w, *names)
    happen(src, w, "rotor", drone="F02")
    assert [t for t in texts(d) if t.startswith("wind")] == names
    seen = [m.value for m in w.of("ev")]  # it may have come after the first
    assert d.ask("events")["events"][-len(seen):] == seen
    assert texts(d, drone="F02") == ["rotor"]
    # Page by page, back to the first.
    got, reply = [], {"more": True}
    while reply["more"]:
        keys = {"before": reply["before"]} if "before" in reply else {}
        reply = d.ask("events", limit=7, **keys)
        got = [e["text"] for e in reply["events"]] + got
    assert got == texts(d)
    # In the next run they are there still, and what that run says is after them.
    d.stop()
    again = d.again()
    try:
        wait_for(lambda: "rotor" in texts(again), "the events of before")
        assert [t for t in texts(again) if t.startswith("wind")] == names
    finally:
        again.end()


def test_a_screen_that_comes_late_shows_them(fake, daemon, watch, tmp_path):
    src, d, w = begin(fake, daemon, watch)
    happen(src, w, "motor 3 is warm", "motor 3 is hot")
    with screen(tmp_path, d) as t:
        t.wait_for("LIVE", "F01", "motor 3 is warm", "motor 3 is hot")
        # The newest above; none of them twice, though the next comes by the feed.
        happen(src, w, "motor 3 has cooled")
        text = t.wait_for("motor 3 has cooled")
        assert text.index("has cooled") < text.index("is hot") < text.index("is warm")
        assert all(t.text().count(e) == 1 for e in ("is hot", "is warm", "has cooled"))
        # While the daemon is away nobody is told; afterwards all are.
        d.stop()
        t.wait_for("NO LINK")
        again = d.again()
        try:
            again.wait_up(src)
            t.wait_for("LIVE")
            text = t.wait_for("motor 3 has cooled", "motor 3 is warm")
            assert all(text.count(e) == 1 for e in ("is hot", "is warm", "has cooled"))
        finally:
            again.end()


def test_an_older_daemon(fake, tmp_path):
    """It does not know the question: the screen begins with what comes, as ever."""
    src = fake(kind="daemon")

    def older(request):
        if request["op"] in ("zones", "events"):
            return [(0, {"v": 1, "ok": False, "code": "unknown-op", "text": "there is no op"})]
        return no_plan(request)
    src.on_any = older
    with screen(tmp_path, src) as t:
        flying(src)
        t.wait_for("LIVE", "F01")
        wait_for(lambda: any(r["op"] == "events" for _, r in src.requests), "the question")
        src.publish("ev.F01", {"drone": "F01", "source": src.name, "time": src.now(), "severity": 4, "text": "gusts"})
        t.wait_for("gusts")
