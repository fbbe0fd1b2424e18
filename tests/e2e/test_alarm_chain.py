"""A daemon on a daemon: the one nearest to a drone watches it, and all operators see the same."""
import pytest

from alarm_helpers import config, flying, low, no_plan, standing, told, wait_told
from wire import wait_for


@pytest.fixture
def chain(fake, daemon, watch):
    """A source, the daemon of its site, and another one that has the site as its source."""
    src = fake(drones=["F01", "F02"])
    src.on_any = no_plan
    site = daemon("--name", "site", sources=[src], name="site")
    site.wait_up(src)
    hq = daemon("--name", "hq", sources=[site], name="hq")
    hq.wait_up(site)
    return src, site, hq, watch(site), watch(hq)


def test_raised_once_and_seen_everywhere(chain):
    src, site, hq, at_site, at_hq = chain
    low(src, "F01")
    [al] = wait_told(at_hq, ["raised"])
    assert al["source"] == "site" and wait_told(at_site, ["raised"]) == [al]
    assert standing(hq) == standing(site) == [al]
    low(src, "F01", n=20)
    assert [s for s, _ in told(at_hq)] == ["raised"]
    assert at_hq.wrong == at_site.wrong == []


def test_answers_go_to_the_one_that_watches(chain):
    src, site, hq, at_site, at_hq = chain
    low(src, "F01")
    low(src, "F02")
    [one] = wait_told(at_hq, ["raised"], drone="F01")
    [two] = wait_told(at_hq, ["raised"], drone="F02")
    assert hq.ask("ack", id_=one["id"], by="ann@hq")["count"] == 1
    assert wait_told(at_site, ["raised", "acked"], drone="F01")[-1]["by"] == "ann@hq"
    wait_told(at_hq, ["raised", "acked"], drone="F01")
    reply = hq.ask("ack", id_=one["id"], by="bob@hq")
    assert reply["code"] == "bad-args" and "ann@hq" in reply["text"]
    assert hq.ask("ack", all_=True, by="bob@hq")["count"] == 1
    wait_told(at_hq, ["raised", "acked"], drone="F02")
    assert hq.ask("ack", drone="F02", by="bob@hq")["count"] == 0
    reply = hq.ask("shelve", id_=two["id"], minutes=5, why="known", by="ann@hq")
    assert reply["alarm"]["state"] == "shelved" and standing(site) == standing(hq)
    wait_told(at_hq, ["raised", "acked", "shelved"], drone="F02")
    assert hq.ask("unshelve", id_=two["id"], by="ann@hq")["alarm"]["state"] == "raised"
    flying(src, "F01", battery=500)
    wait_told(at_hq, ["raised", "acked", "cleared"], drone="F01")
    wait_for(lambda: [a["drone"] for a in standing(hq)] == ["F02"], "the end of it")


def test_what_stood_before_is_asked_for(chain, watch):
    src, site, hq, at_site, _ = chain
    hq.stop()
    low(src, "F01")
    [al] = wait_told(at_site, ["raised"])
    again = hq.again()
    try:
        wait_for(lambda: standing(again) == [al], "the list of the site")
        # The site goes: one alarm of its own here, and the last known of it stays.
        site.stop()
        w = watch(again)
        wait_for(lambda: [a["rule"] for a in standing(again)] == ["source-lost", "battery-low"], "the loss")
        reply = again.ask("ack", id_=al["id"], by="ann@hq")
        assert not reply["ok"] and reply["code"] in ("unavailable", "timeout")
        assert [m.value["rule"] for m in w.of("al")] in (["source-lost"], [])
    finally:
        again.end()


def test_out_of_service_from_afar(fake, daemon, watch, place):
    """Whether the drone is away is what the one that watches it knows."""
    conf = config(place, "[fleet]\nstale_s = 1\nlost_s = 2\n", "fast.conf")
    src = fake(drones=["F01"])
    src.on_any = no_plan
    site = daemon("--name", "site", "--config", conf, sources=[src], name="site")
    site.wait_up(src)
    hq = daemon("--name", "hq", sources=[site], name="hq")
    hq.wait_up(site)
    w = watch(hq)
    w.wait(1, "hb", "hq")
    low(src)
    [al] = wait_told(w, ["raised"])
    assert hq.ask("shelve", id_=al["id"], out=True, why="x", by="ann@hq")["code"] == "bad-args"
    wait_told(w, ["raised"], "lost")
    reply = hq.ask("shelve", id_=al["id"], out=True, why="crashed", by="ann@hq")
    assert reply["alarm"]["state"] == "out-of-service"
    wait_told(w, ["raised", "out-of-service"])
    wait_for(lambda: any("took the alarm battery-low of F01 out of service" in m.value["text"] for m in w.of("ev")),
             "the event at the other end")
    flying(src, battery=500)
    wait_told(w, ["raised", "out-of-service", "cleared"])
