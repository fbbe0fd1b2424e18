"""odyssey send against a source that answers as the test wants."""
import json
import signal
import time

import pytest
from shell_helpers import ARMED, IN_AIR, POSITION, Source, flying, now_ms, run, run_on_terminal, start


def ground(t):
    return flying(t, flags=POSITION, mode=10, height=0, speed=0)


FLEET = {"D01": flying, "D02": flying, "D03": ground}


@pytest.fixture
def fleet(tmp_path):
    with Source(tmp_path, FLEET) as source:
        yield source


def send(tmp_path, source, *args, **more):
    return run(tmp_path, "send", "--connect", source.feed, *args, **more)


def refuse(code, text="It cannot."):
    return lambda request: {"ok": False, "code": code, "text": text}


def test_what_goes_over_the_wire(tmp_path, fleet):
    out = send(tmp_path, fleet, "D01", "goto", "47.15", "9.52", "60")
    assert (out.returncode, out.stdout, out.stderr) == (0, "D01 goto: accepted\n", "")
    (request,) = fleet.of("command")
    assert request["v"] == 1 and request["drone"] == "D01" and request["cmd"] == "goto"
    assert request["args"] == {"lat": 47.15, "lon": 9.52, "height": 60}
    assert len(request["id"]) == 36 and "@" in request["by"]
    # By the source's clock, which is known as well as its answer travelled fast.
    assert 10000 < request["expires"] - now_ms() <= 15500


def test_expires_is_by_the_clock_of_the_source(tmp_path):
    with Source(tmp_path, FLEET, skew_ms=-7200000) as source:
        send(tmp_path, source, "D01", "hold")
        send(tmp_path, source, "D01", "hold", "--expires", "100")
        first, second = source.of("command")
    assert 10000 < first["expires"] - (now_ms() - 7200000) <= 15100
    assert 90000 < second["expires"] - (now_ms() - 7200000) <= 100100
    assert first["id"] != second["id"]


def test_positions_as_people_type_them(tmp_path, fleet):
    for words in (["47°08'30\"N 9°31'12\"E", "60"], ["47 08 30 N", "9 31 12 E", "60"],
                  ["47", "08", "30", "N", "9", "31", "12", "E", "60"], ["N47.141667", "E9.52", "60m"],
                  ["47.141667,9.52", "height=60"]):
        assert send(tmp_path, fleet, "D01", "goto", *words).returncode == 0
        args = fleet.of("command")[-1]["args"]
        assert abs(args["lat"] - (47 + 8.5 / 60)) < 1e-6 and abs(args["lon"] - 9.52) < 1e-9, words
        assert args["height"] == 60


def test_missions_from_files(tmp_path, fleet):
    (tmp_path / "m.csv").write_text("lat,lon,height,speed\n47.1,9.5,60,\n47.2,9.6,70,12\n")
    plan = {"fileType": "Plan", "mission": {"items": [
        {"type": "SimpleItem", "command": 16, "frame": 3, "params": [5, 0, 0, None, 47.1, 9.5, 60]},
        {"type": "SimpleItem", "command": 20, "frame": 2, "params": [0, 0, 0, 0, 0, 0, 0]}]}}
    (tmp_path / "m.plan").write_text(json.dumps(plan))
    assert send(tmp_path, fleet, "D01", "mission", "m.csv").returncode == 0
    assert fleet.of("command")[-1]["args"] == {"items": [
        {"lat": 47.1, "lon": 9.5, "height": 60}, {"lat": 47.2, "lon": 9.6, "height": 70, "speed": 12}]}
    out = send(tmp_path, fleet, "D01", "mission", "m.plan", "start")
    assert out.returncode == 0 and "return to launch is left out" in out.stderr
    assert fleet.of("command")[-1]["args"] == {
        "items": [{"lat": 47.1, "lon": 9.5, "height": 60, "hold": 5}], "start": True}
    # on the ground a start is dangerous
    out = send(tmp_path, fleet, "D03", "mission", "m.csv", "start")
    assert out.returncode == 2 and "repeat it with --yes" in out.stderr
    (tmp_path / "bad.csv").write_text("lat,lon,height\n47.1,9.5,60\n47.1,oops,60\n")
    before = len(fleet.requests)
    out = send(tmp_path, fleet, "D01", "mission", "bad.csv")
    assert out.returncode == 2 and "bad.csv:3: lon must be a number" in out.stderr
    assert len(fleet.requests) == before


def test_wrong_input_sends_nothing(tmp_path, fleet):
    for args, says in (
            ((), "which drone shall do what"), (("rtl",), "which drone shall rtl"),
            (("D01",), "what shall D01 do"), (("D01", "gto", "1", "2"), "did you mean goto?"),
            (("D01", "frobnicate"), 'no command "frobnicate"'),
            (("D 1", "rtl"), "is no drone id"), (("D01", "goto"), "needs a position"),
            (("D01", "goto", "95", "9"), "no latitude"), (("D01", "goto", "x", "y"), "is no position"),
            (("D01", "goto", "47", "9", "high"), "height must be a number in m"),
            (("D01", "goto", "47", "9", "60", "1000"), "speed must be within 0.1 to 300 m/s"),
            (("D01", "goto", "47", "9", "60", "5", "6"), 'takes no "6"'),
            (("D01", "takeoff"), "takeoff needs height (m)"), (("D01", "rtl", "now"), 'takes no "now"'),
            (("D01", "mission"), "needs a file"), (("D01", "mission", "none.plan"), "No such file"),
            (("D01", "video", "maybe"), "on must be on or off"), (("D99", "speed", "5"), "no drone"),
            (("D0", "speed", "5"), "did you mean D01?"), (("X*", "hold"), 'called like "X*"'),
            (("D01", "D02", "goto", "47", "9"), "one drone at a time"),
            (("D01", "D02", "kill", "--yes", "--count", "2"), "one drone at a time"),
            (("D01", "D02", "home", "47", "9", "--yes", "--count", "2"), "one drone at a time"),
            (("D01", "hold", "--timeout", "soon"), "--timeout"), (("D01", "hold", "--wiat"), "--wait")):
        out = send(tmp_path, fleet, *args)
        assert out.returncode == 2 and says in out.stderr, (args, out.stderr)
        assert out.stderr.count("\n") == 1 and out.stdout == ""
    assert fleet.of("command") == []


def test_dangerous_needs_yes(tmp_path, fleet):
    for args in (("D01", "disarm"), ("D03", "start"), ("D01", "arm"), ("D03", "takeoff", "30"),
                 ("D01", "kill"), ("D01", "home", "47", "9")):
        out = send(tmp_path, fleet, *args)
        assert out.returncode == 2 and "repeat it with --yes" in out.stderr, args
    assert fleet.of("command") == []
    for args in (("D03", "disarm"), ("D01", "start"), ("D01", "kill", "--yes")):
        assert send(tmp_path, fleet, *args).returncode == 0, args


def test_unknown_state_is_dangerous(tmp_path):
    fleet = {"OLD": lambda t: ground(t - 20000), "NEW": lambda t: None,
             "DUMB": lambda t: flying(t, flags=None), "AIR": lambda t: flying(t - 20000)}
    with Source(tmp_path, fleet) as source:
        for args in (("OLD", "disarm"), ("NEW", "disarm"), ("DUMB", "disarm"), ("AIR", "start"),
                     ("DUMB", "start")):
            assert send(tmp_path, source, *args).returncode == 2, args
        assert source.of("command") == []


def test_several(tmp_path, fleet):
    out = send(tmp_path, fleet, "D01", "D02", "D01", "rtl")
    assert out.returncode == 0
    assert sorted(out.stdout.splitlines()) == ["D01 rtl: accepted", "D02 rtl: accepted"]
    out = send(tmp_path, fleet, "*", "hold")
    assert out.returncode == 0 and len(out.stdout.splitlines()) == 3
    sent = len(fleet.of("command"))
    out = send(tmp_path, fleet, "D*", "speed", "8")
    assert out.returncode == 2 and "repeat it with --count 3" in out.stderr
    out = send(tmp_path, fleet, "D*", "speed", "8", "--count", "2")
    assert out.returncode == 2 and "--count 2, but these are 3 drones" in out.stderr
    out = send(tmp_path, fleet, "D*", "arm", "--count", "3")
    assert out.returncode == 2 and "--yes" in out.stderr
    out = send(tmp_path, fleet, "D*", "speed", "8", "--yes")
    assert out.returncode == 2
    assert len(fleet.of("command")) == sent
    assert send(tmp_path, fleet, "D*", "speed", "8", "--count", "3").returncode == 0
    assert send(tmp_path, fleet, "D*", "arm", "--count", "3", "--yes").returncode == 0
    assert len(fleet.of("command")) == sent + 6


def test_one_of_several_that_fails(tmp_path, fleet):
    fleet.on_command = lambda r: ({"ok": True, "stage": "accepted"} if r["drone"] != "D02" else
                                  {"ok": False, "code": "rejected", "text": "Not armed."})
    out = send(tmp_path, fleet, "*", "hold")
    assert out.returncode == 1
    assert "D02 hold: rejected: Not armed." in out.stdout and "D01 hold: accepted" in out.stdout
    # a typed name that is not there never keeps the others from holding
    fleet.on_command = lambda r: ({"ok": True, "stage": "accepted"} if r["drone"] in FLEET else
                                  {"ok": False, "code": "unknown-drone", "text": "No such drone."})
    out = send(tmp_path, fleet, "D01", "D99", "hold")
    assert out.returncode == 1 and "D01 hold: accepted" in out.stdout
    out = send(tmp_path, fleet, "D99", "hold")
    assert out.returncode == 2


def test_the_safe_three_wait_for_nothing(tmp_path, fleet):
    for cmd in ("hold", "rtl", "land"):
        assert send(tmp_path, fleet, "D01", cmd).returncode == 0
    assert {r["op"] for r in fleet.requests} == {"hello", "command"}


def test_the_safe_three_go_out_though_nobody_tells_the_time(tmp_path):
    class Mute(Source):
        def _answer(self, request):
            reply = super()._answer(request)
            return None if request["op"] == "hello" else reply

    with Mute(tmp_path, FLEET) as source:
        out = send(tmp_path, source, "D01", "D02", "land")
        assert out.returncode == 0 and len(out.stdout.splitlines()) == 2
        assert "by our own clock" in out.stderr and out.stderr.count("\n") == 1
        out = send(tmp_path, source, "D01", "goto", "47", "9")
        assert out.returncode == 1 and len(source.of("command")) == 2


def test_many_at_once(tmp_path):
    with Source(tmp_path, {f"D{i:04}": flying for i in range(700)}) as source:
        source.publish_samples = False
        out = send(tmp_path, source, "*", "hold", timeout=60)
        assert out.returncode == 0 and len(out.stdout.splitlines()) == 700
        assert len({r["id"] for r in source.of("command")}) == 700


def stages(source, *names, text="", step=0.15):
    def answer(request):
        for i, name in enumerate(names):
            source.stage(request, name, text if i == len(names) - 1 else "", after=step * (i + 1))
        return {"ok": True, "stage": "accepted"}
    source.on_command = answer


def test_wait_follows_to_the_end(tmp_path, fleet):
    stages(fleet, "accepted", "active", "done")
    out = send(tmp_path, fleet, "D01", "goto", "47", "9", "--wait")
    assert out.returncode == 0
    assert out.stdout == "D01 goto: accepted\nD01 goto: active\nD01 goto: done\n"
    stages(fleet, "active", "failed", text="replaced by hold")
    out = send(tmp_path, fleet, "D01", "goto", "47", "9", "--wait")
    assert out.returncode == 1 and "D01 goto: failed: replaced by hold" in out.stdout
    stages(fleet, "done")
    lines = send(tmp_path, fleet, "D01", "D02", "rtl", "--wait", "--json").stdout.splitlines()
    last = {r["drone"]: r["stage"] for r in map(json.loads, lines)}
    assert last == {"D01": "done", "D02": "done"}


def test_wait_does_not_depend_on_the_feed(tmp_path, fleet):
    def answer(request):
        fleet.commands[request["id"]] = {"id": request["id"], "drone": "D01", "cmd": "rtl", "by": "me",
                                         "stage": "done", "time": now_ms(), "text": ""}
        return {"ok": True, "stage": "accepted"}
    fleet.on_command = answer
    out = send(tmp_path, fleet, "D01", "rtl", "--wait", "--timeout", "10")
    assert out.returncode == 0 and out.stdout.endswith("D01 rtl: done\n")


def test_refusals(tmp_path, fleet):
    for code, word, status in (("rejected", "rejected", 1), ("expired", "expired", 1),
                               ("unavailable", "unavailable", 1), ("forbidden", "rejected", 1),
                               ("bad-args", "rejected", 2), ("some-new-code", "rejected", 1)):
        fleet.on_command = refuse(code)
        out = send(tmp_path, fleet, "D01", "rtl")
        assert (out.returncode, out.stdout) == (status, f"D01 rtl: {word}: It cannot.\n"), code
        out = send(tmp_path, fleet, "D01", "rtl", "--json")
        assert json.loads(out.stdout)["stage"] == word


def test_unknown_is_asked_again_with_the_same_id(tmp_path, fleet):
    answers = iter([refuse("timeout", "No answer in time."), refuse("timeout", "No answer in time."),
                    lambda r: {"ok": True, "stage": "accepted"}])
    fleet.on_command = lambda r: next(answers)(r)
    out = send(tmp_path, fleet, "D01", "rtl")
    assert out.returncode == 0
    assert out.stdout.count("unknown") == 2 and out.stdout.endswith("D01 rtl: accepted\n")
    requests = fleet.of("command")
    assert len(requests) == 3
    assert len({(r["id"], r["expires"]) for r in requests}) == 1


def test_what_must_not_be_repeated_is_not(tmp_path, fleet):
    (tmp_path / "m.csv").write_text("47.1,9.5,60\n")
    fleet.on_command = refuse("timeout", "No answer in time.")
    for args in (("D01", "arm", "--yes"), ("D03", "takeoff", "20", "--yes"), ("D03", "start", "--yes"),
                 ("D03", "mission", "m.csv", "start", "--yes")):
        before = len(fleet.of("command"))
        out = send(tmp_path, fleet, *args)
        assert out.returncode == 1 and "unknown: No answer in time." in out.stdout, args
        assert len(fleet.of("command")) == before + 1, args


def test_no_answer_at_all(tmp_path, fleet):
    fleet.on_command = lambda r: None
    before = time.monotonic()
    out = send(tmp_path, fleet, "D01", "rtl", "--timeout", "1.5")
    assert out.returncode == 1 and "D01 rtl: unknown: no answer in 1.5 s" in out.stdout
    assert time.monotonic() - before < 4
    assert len({r["id"] for r in fleet.of("command")}) == 1


def test_a_late_word_overrides_unknown(tmp_path, fleet):
    def answer(request):
        if len(fleet.of("command")) == 1:
            fleet.stage(request, "accepted", after=0.2)
            fleet.stage(request, "done", after=0.4)
        return {"ok": False, "code": "timeout", "text": "No answer in time."}
    fleet.on_command = answer
    out = send(tmp_path, fleet, "D03", "takeoff", "20", "--yes", "--wait", "--timeout", "8")
    assert out.returncode == 0 and "unknown" in out.stdout and out.stdout.endswith("takeoff: done\n")


def test_time_runs_out_while_it_flies(tmp_path, fleet):
    stages(fleet, "active")
    out = send(tmp_path, fleet, "D01", "rtl", "--wait", "--timeout", "1.5")
    assert out.returncode == 1
    assert "D01 rtl: active; no time left; what becomes of it is not known" in out.stdout


def test_interrupted_says_what_is_known(tmp_path, fleet):
    stages(fleet, "active")
    program = start(tmp_path, "send", "--connect", fleet.feed, "D01", "rtl", "--wait")
    line = ""
    while "active" not in line:
        line = program.stdout.readline()
        assert line
    program.send_signal(signal.SIGINT)
    out, err = program.communicate(timeout=5)
    assert program.returncode == 1 and err == ""
    assert "D01 rtl: active; interrupted; it is not taken back" in out


def test_nobody_there(tmp_path):
    out = run(tmp_path, "send", "D01", "rtl", "--connect", f"ipc://{tmp_path}/none")
    assert (out.returncode, out.stdout) == (1, "") and "nobody answers" in out.stderr


def test_a_replay_takes_no_commands(tmp_path):
    with Source(tmp_path, FLEET, kind="replay") as source:
        out = send(tmp_path, source, "D01", "rtl")
        assert out.returncode == 1 and "takes no commands" in out.stderr
        assert source.of("command") == []


def test_confirmed_on_a_terminal(tmp_path, fleet):
    def on_terminal(*args, answers):
        return run_on_terminal(tmp_path, "send", "--connect", fleet.feed, *args, answers=answers)
    for typed in ("\n", "n\n", "Y es\n", "\x04"):
        code, shown = on_terminal("D01", "kill", answers=[("[y/N]", typed)])
        assert code == 2 and "nothing was sent" in shown, typed
    code, shown = on_terminal("D01", "kill", answers=[("[y/N]", "\x03")])
    assert code == 2 and "nothing was sent" in shown
    assert fleet.of("command") == []
    code, shown = on_terminal("D01", "kill", answers=[("[y/N]", "y\n")])
    assert code == 0 and "kill is dangerous: for D01 (in the air)" in shown
    assert len(fleet.of("command")) == 1
    code, shown = on_terminal("*", "speed", "8", answers=[("number", "2\n")])
    assert code == 2 and len(fleet.of("command")) == 1
    code, shown = on_terminal("*", "speed", "8", answers=[("number", "3\n")])
    assert code == 0 and len(fleet.of("command")) == 4
    # hold asks for nothing
    code, shown = on_terminal("*", "hold", answers=[])
    assert code == 0 and "?" not in shown
