"""odyssey daemon: its control socket, sentence by sentence of odyssey-protocol(7)."""
import signal
import threading
import time
import uuid

import pytest

import malformed
import protocol
from fake_source import FakeSource
from programs import ODYSSEY, Daemon, run
from wire import Control, Watcher, wait_for

HOUR = 3600000
QUICK = {"ODYSSEY_COMMAND_ANSWER_S": "1"}  # how long a source may take to answer


def now_ms():
    return int(time.time() * 1000)


@pytest.fixture(scope="module")
def quiet(tmp_path_factory):
    """One daemon with one source, for all tests that only ask."""
    import tempfile
    with tempfile.TemporaryDirectory(prefix="ody-") as place:
        src = FakeSource(place, drones=["D01", "D02"])
        d = Daemon(place, sources=[src], **QUICK)
        d.wait_drone("D01", "D02")
        d.src, d.watcher = src, Watcher(d.feed)
        d.watcher.wait(1, "hb")
        yield d
        d.watcher.close()
        d.end()
        src.vanish()


@pytest.fixture
def pair(fake, daemon, watch):
    def start(**keys):
        src = fake(**keys)
        d = daemon(sources=[src], **QUICK)
        w = watch(d)
        w.wait(1, "hb")
        d.wait_drone(*src.drones)
        return src, d, w
    return start


# --- requests, replies, envelopes ---

@pytest.mark.parametrize("name", malformed.REQUESTS)
def test_malformed_requests_are_answered(quiet, name):
    body, code = malformed.REQUESTS[name]
    with Control(quiet.control, []) as c:
        reply = c.ask_raw(body)
    assert not reply["ok"] and reply["code"] == code
    assert quiet.running()


@pytest.mark.parametrize("envelope", [None, [], [b""], [b"a"], [b"a", b"b", b""], [b"x" * 300, b"\0\xff"]],
                         ids=["REQ", "bare", "empty frame", "one", "three", "any bytes"])
def test_envelopes_come_back_unchanged(quiet, envelope):
    with Control(quiet.control, envelope) as c:
        assert c.ask("hello")["kind"] == "daemon"
        # Those that are answered later, too.
        assert c.command("D01", "hold")[1]["ok"]
        assert c.ask("plan", drone="D01")["rev"] == 3
        assert c.backfill("D01", quiet.src.boot, 0, 5)["ok"]


def test_pipelined_requests_are_all_answered(quiet):
    with Control(quiet.control, []) as c:
        for n in range(300):
            c.send_raw(protocol.pack({"v": 1, "op": ("roster", "sources", "hello")[n % 3]}))
        for _ in range(300):
            assert protocol.check_reply(c.receive_raw())["ok"]


def test_many_clients_at_once(quiet):
    wrong = []

    def client(n):
        try:
            with Control(quiet.control) as c:
                for _ in range(10):
                    assert len(c.ask("roster")["drones"]) == 2
                    assert c.command("D01", "hold", by="client %d" % n)[1]["ok"]
                    assert c.ask("plan", drone="D02")["rev"] == 3
        except Exception as why:  # pylint: disable=broad-except
            wrong.append(why)

    clients = [threading.Thread(target=client, args=(n,)) for n in range(12)]
    for c in clients:
        c.start()
    for c in clients:
        c.join()
    assert wrong == []


def test_hello(quiet):
    hello = quiet.ask("hello")
    assert hello["kind"] == "daemon"
    assert abs(hello["time"] - now_ms()) < 5000 and abs(hello["boot"] - time.time()) < 600


def test_roster(quiet):
    quiet.src.sample("D01", height=777)
    drones = wait_for(lambda: [d for d in quiet.ask("roster")["drones"] if d["tm"]], "a sample")
    d = drones[0]
    assert d["id"] == "D01" and d["model"] == "fake" and d["home"] == [47.14, 9.52, 450.0]
    assert d["source"] == "fake" and d["kind"] == "sim"
    assert protocol.check_sample(d["tm"]).height == 777
    assert [x["id"] for x in quiet.ask("roster")["drones"]] == ["D01", "D02"]


def test_sources(quiet):
    wait_for(lambda: quiet.source(quiet.src.feed)["drones"] is not None, "a heartbeat")
    [s] = quiet.ask("sources")["sources"]
    assert s["source"] == "fake" and s["kind"] == "sim" and s["state"] == "up"
    assert s["feed"] == quiet.src.feed and s["drones"] == 2
    assert abs(s["time"] - now_ms()) < 10000
    before = s["received"]
    quiet.src.samples(5, "D02")
    wait_for(lambda: quiet.source(quiet.src.feed)["received"] >= before + 5, "received")


def test_plan_comes_from_the_source(quiet):
    plan = quiet.ask("plan", drone="D01")
    assert plan["rev"] == 3 and plan["mission"][0]["height"] == 30
    assert plan["fence"] == [{"kind": "in", "center": [47.1, 9.5], "radius": 500.0}]
    assert plan["rally"] == [[47.1, 9.5, 20.0]]


ORDER = [  # two things wrong at once: the code of the earlier check
    (dict(drone="nobody", cmd="fly"), "unknown-drone"),
    (dict(drone="nobody", expires=1), "unknown-drone"),
    (dict(drone=""), "unknown-drone"),
    (dict(cmd="fly", expires=1), "unknown-command"),
    (dict(cmd="takeoff", args={}, expires=1), "bad-args"),
    (dict(cmd="takeoff", args={"height": "ten"}), "bad-args"),
    (dict(cmd="goto", args={"lat": 97.0, "lon": 9}), "bad-args"),
    (dict(cmd="mission", args={"items": [{"lat": 47}]}), "bad-args"),
    (dict(cmd="video", args={"on": 1}), "bad-args"),
    (dict(expires=1), "expired"),
    (dict(expires=2 * HOUR), "bad-args"),  # from now, see below
]


@pytest.mark.parametrize("keys,code", ORDER, ids=lambda v: str(v)[:60])
def test_checks_come_in_order_and_refusals_are_published(quiet, keys, code):
    w = quiet.watcher
    n = len(quiet.src.commands())
    request = dict(dict(drone="D01", cmd="hold"), **keys)
    if request.get("expires", 1) > 1:
        request["expires"] += now_ms()
    name, reply = quiet.command(request.pop("drone"), request.pop("cmd"), **request)
    assert not reply["ok"] and reply["code"] == code
    assert len(quiet.src.commands()) == n  # the source never heard of it
    if keys.get("drone") == "":
        return  # no topic could name it
    cm = w.wait_stage(name, "rejected")
    assert cm["code"] == code and cm["text"] and cm["by"] == "tester"


# --- commands go to their source ---

def test_a_command_is_handed_on_and_followed(pair):
    src, d, w = pair()
    args = {"lat": 47.1, "lon": 9, "height": None}
    name, reply = d.command("F01", "goto", args, by="Ändi")
    assert reply["ok"]
    [got] = src.commands()
    assert got["id"] == name and got["drone"] == "F01" and got["cmd"] == "goto"
    assert got["args"]["lat"] == 47.1 and got["args"]["lon"] == 9
    assert got["args"].get("height") is None and got["by"] == "Ändi"
    w.wait_stage(name, "done")
    assert w.stages(name) == ["sent", "accepted", "active", "done"]
    assert w.wrong == []
    [cm] = d.ask("commands", id=name)["commands"]
    assert cm["stage"] == "done" and cm["by"] == "Ändi" and cm["cmd"] == "goto"


def test_why_it_was_given_over_a_warning_is_said_and_kept(pair):
    src, d, w = pair()
    cid, _ = d.command("F01", "goto", {"lat": 47.1, "lon": 9.5}, by="jk", over="outside the fence",
                       reason="the survey wants it")
    sent = w.wait_stage(cid, "sent")
    assert sent["over"] == "outside the fence" and sent["reason"] == "the survey wants it"
    said = "jk sent goto to F01 over: outside the fence; reason: the survey wants it"
    wait_for(lambda: [m for m in w.of("ev", "F01") if m.value["text"] == said], "the event")
    assert src.commands()[0]["reason"] == "the survey wants it"
    cid, _ = d.command("F01", "hold", by="jk")
    assert "over" not in w.wait_stage(cid, "sent")
    assert len([m for m in w.of("ev", "F01") if "over:" in m.value["text"]]) == 1
    d.stop()
    code, out, err = run([ODYSSEY, "sql", "--history", d.state + "/history",
                          "SELECT by, over, reason FROM commands WHERE reason IS NOT NULL AND stage = 'sent'"],
                         d.place)
    assert code == 0, err
    assert out.split("\n")[1].split() == "jk outside the fence the survey wants it".split()


def test_stages_that_never_come_on_the_feed_are_taken_from_the_reply(pair):
    src, d, w = pair()
    src.on_command = lambda r: [(0, {"v": 1, "ok": True, "stage": "accepted"})]
    name, reply = d.command("F01", "hold")
    assert reply["ok"]
    w.wait_stage(name, "accepted")
    assert w.stages(name) == ["sent", "accepted"]


def test_a_refusal_of_the_drone_comes_back(pair):
    src, d, w = pair()
    src.on_command = lambda r: [(0, {"v": 1, "ok": False, "code": "rejected", "text": "Not armed."})]
    name, reply = d.command("F01", "takeoff", {"height": 10})
    assert reply["code"] == "rejected" and reply["text"] == "Not armed."
    cm = w.wait_stage(name, "rejected")
    assert cm["code"] == "rejected" and cm["text"] == "Not armed."
    # The same id gets the same answer; the drone is not asked again.
    src.on_command = None
    assert d.command("F01", "takeoff", {"height": 10}, id=name)[1] == reply
    assert len(src.commands()) == 1


def test_an_id_gets_its_answer_again_whatever_else_it_says(pair):
    src, d, w = pair(drones=["F01", "F02"])
    name, reply = d.command("F01", "arm")
    assert reply["ok"]
    w.wait_stage(name, "done")
    for keys in (dict(), dict(drone="nobody"), dict(drone="F02"), dict(cmd="fly"),
                 dict(cmd="goto", args={}), dict(expires=1), dict(by="another")):
        again = dict(dict(drone="F01", cmd="arm"), **keys)
        assert d.command(again.pop("drone"), again.pop("cmd"), id=name, **again)[1] == reply, keys
    assert len(src.commands()) == 1
    assert w.stages(name) == ["sent", "accepted", "active", "done"]
    # But a malformed one is malformed before its id is looked at.
    with Control(d.control) as c:
        assert c.ask("command", id=name, drone="F01", cmd="arm")["code"] == "bad-request"


def test_the_same_id_at_once_is_one_command(pair):
    src, d, w = pair()
    src.on_command = lambda r: [(0.5, {"v": 1, "ok": True, "stage": "accepted"})]
    name = str(uuid.uuid4())
    replies = []

    def client():
        replies.append(d.command("F01", "arm", id=name)[1])
    clients = [threading.Thread(target=client) for _ in range(5)]
    for c in clients:
        c.start()
    for c in clients:
        c.join()
    assert [r["ok"] for r in replies] == [True] * 5
    assert len(src.commands()) == 1


def test_refused_before_it_was_handed_on_is_not_used_up(pair):
    src, d, _ = pair()
    name = str(uuid.uuid4())
    assert d.command("nobody", "arm", id=name)[1]["code"] == "unknown-drone"
    assert d.command("F01", "arm", id=name, expires=1)[1]["code"] == "expired"
    assert d.command("F01", "arm", id=name)[1]["ok"]
    assert len(src.commands()) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_answers_survive_a_restart(pair, watch, number):
    src, d, w = pair()
    name, reply = d.command("F01", "arm")
    w.wait_stage(name, "done")
    src.on_command = lambda r: [(0, {"v": 1, "ok": False, "code": "rejected", "text": "No fix."})]
    bad, refusal = d.command("F01", "takeoff", {"height": 9})
    assert refusal["code"] == "rejected"
    w.wait_stage(bad, "rejected")
    time.sleep(0.4)  # a commit every 100 ms, as documented
    d.stop(number)
    d = d.again()
    try:
        d.wait_drone("F01")
        src.on_command = None
        assert d.command("F01", "arm", id=name)[1] == reply
        assert d.command("F01", "takeoff", {"height": 9}, id=bad)[1] == refusal
        assert len(src.commands()) == 2
        stages = {c["id"]: c["stage"] for c in d.ask("commands")["commands"]}
        assert stages == {name: "done", bad: "rejected"}
    finally:
        d.end()


def test_commands_lists_the_last_of_each_oldest_first(pair):
    src, d, w = pair(drones=["F01", "F02"])
    names = []
    for n, drone in enumerate(["F01", "F02", "F01"]):
        names.append(d.command(drone, "hold" if n < 2 else "rtl")[0])
        w.wait_stage(names[-1], "done")
        time.sleep(0.01)
    cms = d.ask("commands")["commands"]
    assert [(c["id"], c["stage"]) for c in cms] == [(n, "done") for n in names]
    assert [c["id"] for c in d.ask("commands", drone="F01")["commands"]] == [names[0], names[2]]
    assert [c["id"] for c in d.ask("commands", id=names[1])["commands"]] == [names[1]]
    assert [c["id"] for c in d.ask("commands", since=cms[2]["time"])["commands"]] == [names[2]]
    assert d.ask("commands", id="never")["commands"] == []


# --- clocks ---

@pytest.mark.parametrize("skew", [-600000, 600000, 7200000])
def test_expires_is_re_based_to_the_sources_clock(fake, daemon, skew):
    src = fake(skew_ms=skew)
    d = daemon(sources=[src], **QUICK)
    d.wait_drone("F01")
    d.wait_up(src)
    src.sample()
    expires = d.ask("hello")["time"] + 30000
    assert d.command("F01", "hold", expires=expires)[1]["ok"]
    [got] = src.commands()
    assert abs(got["expires"] - (expires + skew)) < 1500


def test_expired_is_judged_by_the_daemons_clock(fake, daemon):
    src = fake(skew_ms=-600000)
    d = daemon(sources=[src], **QUICK)
    d.wait_drone("F01")
    assert d.command("F01", "hold", expires=now_ms() - 5000)[1]["code"] == "expired"
    assert src.commands() == []


# --- sources that do not answer ---

def test_timeout_then_the_late_answer_overrides_it(pair):
    src, d, w = pair()
    src.on_command = lambda r: [(2.5, {"v": 1, "ok": True, "stage": "accepted"})]
    name, reply = d.command("F01", "arm")
    assert reply["code"] == "timeout"
    assert w.wait_stage(name, "timeout")["text"]
    w.wait_stage(name, "accepted")
    assert w.stages(name) == ["sent", "timeout", "accepted"]
    # The id now has its answer.
    assert d.command("F01", "arm", id=name)[1]["ok"]
    assert len(src.commands()) == 1
    assert w.wrong == []


def test_timeout_then_done_on_the_feed(pair):
    src, d, w = pair()
    src.on_command = lambda r: []
    name, reply = d.command("F01", "hold")
    assert reply["code"] == "timeout"
    src.progress(src.commands()[0], "accepted")
    src.progress(src.commands()[0], "done")
    w.wait_stage(name, "done")
    assert w.stages(name) == ["sent", "timeout", "accepted", "done"]


def test_after_a_timeout_the_same_id_asks_again(pair):
    src, d, w = pair()
    src.on_command = lambda r: []
    name, reply = d.command("F01", "hold")
    assert reply["code"] == "timeout"
    src.on_command = None
    assert d.command("F01", "hold", id=name)[1]["ok"]
    assert [c["id"] for c in src.commands()] == [name, name]
    w.wait_stage(name, "done")


def test_an_answer_twice_is_one_answer(pair):
    src, d, w = pair()
    src.on_command = lambda r: [(0, {"v": 1, "ok": True, "stage": "accepted"}),
                                (0.05, {"v": 1, "ok": False, "code": "rejected", "text": "Or not."})]
    name, reply = d.command("F01", "hold")
    assert reply["ok"]
    src.sample()
    wait_for(lambda: w.of("tm"), "a sample")
    assert w.stages(name) == ["sent", "accepted"]
    assert d.command("F01", "hold", id=name)[1] == reply


@pytest.mark.parametrize("garbage", [b"", b"\xc1", b"\x93\x01\x02\x03", b"\xdd\xff\xff\xff\xff" * 30,
                                     protocol.pack({"v": 1}), protocol.pack({"v": 2, "ok": True})])
def test_a_garbled_answer_is_no_answer(pair, garbage):
    src, d, w = pair()
    src.on_command = lambda r: [(0, garbage)]
    name, reply = d.command("F01", "hold")
    assert reply["code"] == "timeout"  # handed on, and the outcome unknown
    w.wait_stage(name, "timeout")
    assert d.running()


def test_unavailable_while_the_source_is_not_there(pair):
    src, d, w = pair()
    src.vanish()
    wait_for(lambda: d.source(src.feed)["state"] == "lost", "lost", 30)
    name, reply = d.command("F01", "hold")
    assert reply["code"] == "unavailable"
    assert w.wait_stage(name, "rejected")["code"] == "unavailable"
    assert "sent" not in w.stages(name)
    plan = d.ask("plan", drone="F01")
    assert not plan["ok"] and plan["code"] in ("unavailable", "timeout")
    # Back again: nothing stayed behind to be flown, and the same id may be used.
    src.appear()
    wait_for(lambda: d.source(src.feed)["state"] == "up", "up")
    src.wait_subscribed()
    assert src.commands() == []
    assert wait_for(lambda: d.command("F01", "hold", id=name)[1]["ok"], "accepted")
    assert [c["id"] for c in src.commands()] == [name]


def test_a_dead_source_delays_nobody(fake, daemon, watch):
    dead, alive = fake("dead", drones=["X1"]), fake("alive", drones=["Y1"])
    d = daemon(sources=[dead, alive], ODYSSEY_COMMAND_ANSWER_S="5")
    d.wait_drone("X1", "Y1")
    w = watch(d)
    w.wait(1, "hb")
    dead.mute = True
    waiting = [Control(d.control) for _ in range(20)]
    for c in waiting:
        c.send_raw(protocol.pack({"v": 1, "op": "command", "id": str(uuid.uuid4()), "drone": "X1",
                                  "cmd": "hold", "args": {}, "by": "x", "expires": now_ms() + 60000}))
    waiting[0].socket.poll(200)
    for _ in range(10):
        start = time.monotonic()
        assert d.command("Y1", "hold")[1]["ok"]
        assert d.ask("roster")["ok"] and d.ask("plan", drone="Y1")["ok"]
        assert time.monotonic() - start < 1.5
    body = alive.sample()
    wait_for(lambda: any(m.body == body for m in w.messages), "the sample")
    for c in waiting:
        assert protocol.check_reply(c.receive_raw())["code"] == "timeout"
        c.close()


def test_progress_of_commands_by_others_is_kept_too(pair):
    """Whoever gave it: what the source says of a command is passed on and listed."""
    src, d, w = pair()
    src.sample()
    request = {"id": "other-1", "drone": "F01", "cmd": "rtl", "by": "someone else"}
    for stage in ("accepted", "active", "done"):
        src.progress(request, stage)
    w.wait_stage("other-1", "done")
    assert w.stages("other-1") == ["accepted", "active", "done"]
    [cm] = d.ask("commands", id="other-1")["commands"]
    assert cm["stage"] == "done" and cm["by"] == "someone else"
