"""odyssey ls against sources that say what the test wants."""
import json

from shell_helpers import FAILSAFE, IN_AIR, POSITION, Source, flying, run, run_on_terminal, sample


def test_table_json_and_fields(tmp_path):
    drones = {"D01": flying, "D02": lambda t: sample(boot=1, seq=0, time=t), "D10": lambda t: None}
    with Source(tmp_path, drones) as source:
        table = run(tmp_path, "ls", "--connect", source.feed)
        lines = run(tmp_path, "ls", "--connect", source.feed, "--json")
        fields = run(tmp_path, "ls", "--connect", source.feed, "--fields", "id,lat,lon,height")
        three = run(tmp_path, "ls", "--connect", source.feed, "--fields", "lat,height", "--json")
        ids = run(tmp_path, "ls", "--connect", source.feed, "--ids")
    assert (table.returncode, table.stderr) == (0, "")
    head, first, second, third = table.stdout.splitlines()
    assert head.split()[:5] == ["ID", "MODEL", "SOURCE", "MODE", "STATE"]
    for word in ("D01", "quad", "fake", "goto", "air", "87.1 %", "60.0 m", "12.3 m/s",
                 "47.140000 9.520000", "98 %", "17"):
        assert word in first
    assert "stale" not in first and "\033" not in table.stdout
    assert "no position" in second and "unknown" in second
    assert "never heard" in third
    assert not any(line.endswith(" ") for line in table.stdout.splitlines())
    rows = [json.loads(line) for line in lines.stdout.splitlines()]
    assert [r["id"] for r in rows] == ["D01", "D02", "D10"]
    assert rows[0]["lat"] == 47.14 and rows[0]["height"] == 60.0 and rows[0]["battery"] == 87.1
    assert rows[0]["state"] == "fresh" and rows[0]["mode_name"] == "goto" and rows[0]["seq"] == 7
    assert rows[1]["lat"] is None and rows[2]["state"] == "never heard" and rows[2]["age"] is None
    assert fields.stdout.splitlines()[1].split() == ["D01", "47.1400000", "9.5200000", "60.00"]
    assert json.loads(three.stdout.splitlines()[0]) == {"lat": 47.14, "height": 60.0}
    assert ids.stdout == "D01\nD02\nD10\n"


def test_position_that_is_not_valid_is_not_shown(tmp_path):
    drones = {"D01": lambda t: flying(t, flags=IN_AIR | FAILSAFE)}
    with Source(tmp_path, drones) as source:
        table = run(tmp_path, "ls", "--connect", source.feed)
        row = json.loads(run(tmp_path, "ls", "--connect", source.feed, "--json").stdout)
    assert "no position" in table.stdout and "47.14" not in table.stdout
    assert "air FAILSAFE" in table.stdout
    assert row["lat"] is None and row["lon"] is None and row["height"] == 60.0


def test_old_data_looks_old_by_the_clock_of_its_source(tmp_path):
    drones = {"D01": lambda t: flying(t - 200), "D02": lambda t: flying(t - 5000),
              "D03": lambda t: flying(t - 60000), "D04": lambda t: flying(t - 7200000)}
    for skew in (0, 3600000, -3600000):
        with Source(tmp_path, drones, skew_ms=skew) as source:
            out = run(tmp_path, "ls", "--connect", source.feed).stdout.splitlines()
        assert "stale" not in out[1] and "lost" not in out[1], skew
        assert "stale" in out[2] and "5." in out[2]
        assert "60 s lost" in out[3] or "61 s lost" in out[3]
        assert "2 h lost" in out[4]


def test_through_a_daemon_ages_are_by_the_clock_of_the_source(tmp_path):
    """The daemon's clock is ours; the drone's source is an hour ahead, another is gone."""
    def sources(daemon):
        return [{"source": "ahead", "kind": "sim", "feed": "x", "state": "up", "drones": 1,
                 "time": daemon.now() + 3600000 - 400, "sent": 1, "received": 1},
                {"source": "gone", "kind": "sim", "feed": "y", "state": "lost", "drones": 1,
                 "time": daemon.now() - 1000, "sent": 1, "received": 1}]

    class Daemon(Source):
        def _answer(self, request):
            reply = super()._answer(request)
            for d in reply.get("drones", ()):
                d["source"] = "ahead" if d["id"] == "A" else "gone"
            return reply

    drones = {"A": lambda t: flying(t + 3600000), "G": lambda t: flying(t - 1000)}
    with Daemon(tmp_path, drones, kind="daemon", sources=sources) as daemon:
        out = run(tmp_path, "ls", "--connect", daemon.feed).stdout.splitlines()
        listed = run(tmp_path, "ls", "--sources", "--connect", daemon.feed)
        rows = run(tmp_path, "ls", "--sources", "--json", "--connect", daemon.feed)
    assert "lost" not in out[1] and "stale" not in out[1]
    assert "lost (its source is gone)" in out[2]
    assert "ahead" in listed.stdout and "lost" in listed.stdout
    assert json.loads(rows.stdout.splitlines()[1])["state"] == "lost"


def test_no_daemon(tmp_path):
    out = run(tmp_path, "ls", ODYSSEY_DAEMON_FEED=f"ipc://{tmp_path}/none")
    assert (out.returncode, out.stdout) == (1, "")
    assert out.stderr.startswith("odyssey ls: no daemon answers at ipc://")
    assert "start it with odyssey daemon" in out.stderr and out.stderr.count("\n") == 1


def test_sources_of_what_is_no_daemon(tmp_path):
    with Source(tmp_path) as source:
        out = run(tmp_path, "ls", "--sources", "--connect", source.feed)
    assert out.returncode == 1 and "unknown-op" in out.stderr


def test_wrong_lines(tmp_path):
    for args, says in (
            (("--fields", "lat,lonn"), 'no field "lonn"; did you mean lon?'),
            (("--fields", ""), 'no field ""'),
            (("--connect", "nonsense"), "--connect:"),
            (("--connect", "tcp://127.0.0.1"), "--connect:"),
            (("D01",), "takes no operand"),
            (("--jsn",), "did you mean --json?")):
        out = run(tmp_path, "ls", *args)
        assert out.returncode == 2 and says in out.stderr and out.stderr.count("\n") == 1, args


def test_colour_on_a_terminal_only(tmp_path):
    drones = {"D01": lambda t: flying(t - 5000, flags=POSITION)}
    with Source(tmp_path, drones) as source:
        code, shown = run_on_terminal(tmp_path, "ls", "--connect", source.feed)
        assert code == 0 and "\033[" in shown and "stale" in shown
        code, shown = run_on_terminal(tmp_path, "ls", "--connect", source.feed, NO_COLOR="")
        assert code == 0 and "\033[" in shown
        for more in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            code, shown = run_on_terminal(tmp_path, "ls", "--connect", source.feed, **more)
            assert code == 0 and "\033" not in shown and "stale" in shown


def test_hostile_model_cannot_drive_the_terminal(tmp_path):
    with Source(tmp_path, {"D01": flying}) as source:
        source.models["D01"] = "\033[2Jx"
        out = run(tmp_path, "ls", "--connect", source.feed)
        row = run(tmp_path, "ls", "--connect", source.feed, "--json")
    assert "\033" not in out.stdout + row.stdout
