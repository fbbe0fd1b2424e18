"""The screen as the configuration has it: layers, columns, theme, mouse; and
positions as people write them."""
import json
import time

import pytest

from fake_source import FakeSource
from screen_helpers import Terminal
from shell_helpers import ROOT, Source, run
from test_screen import connect, fleet, obey

MAPS = ROOT / "maps"


@pytest.fixture
def source(tmp_path):
    with Source(tmp_path, fleet()) as s:
        yield s


def configured(tmp_path, text):
    path = tmp_path / "odyssey.conf"
    path.write_text(text)
    path.chmod(0o600)
    return "--config", path


def test_layers_of_the_configuration(tmp_path, source):
    config = configured(tmp_path, f"""
[layer streets]
file = {MAPS}/vaduz/road.shp
kind = road
colour = 172
[layer lost]
file = {tmp_path}/none.shp
[layer towns]
file = {MAPS}/vaduz/place.shp
""")
    with Terminal(tmp_path, *config, *connect(source)) as t:
        t.wait_for("4 ok", "OpenStreetMap", "none.shp: there is no such file")
        assert b"38;5;172m" in t.raw
        t.send("1L")
        t.wait_for("LAYERS", "streets", "towns", "drawn")
        assert "lost" not in [w for line in t.screen.display for w in line.split() if "[" in line]
        t.send(" \x1b")
        t.wait_gone("LAYERS")
        braille = [c for line in t.screen.display for c in line[:60] if "\u2801" <= c <= "\u28ff"]
        assert len(braille) < 60
        t.send(":layer streets on\r")
        t.wait_for("layer streets is drawn")
        braille = [c for line in t.screen.display for c in line[:60] if "\u2801" <= c <= "\u28ff"]
        assert len(braille) > 200


def test_screen_section(tmp_path, source):
    config = configured(tmp_path, "[screen]\ntheme = mono\ncolumns = id,wind,age\ncharset = ascii\n")
    with Terminal(tmp_path, *config, *connect(source)) as t:
        text = t.wait_for("4 ok", "FLEET 4")
        header = next(line for line in text.splitlines() if "AGE" in line)
        assert "MODE" not in header and "wind" in header
        assert text.isascii()
        assert b"[38;5" not in t.raw
        t.send(":columns +mode\r")
        t.wait_for("MODE", "GOTO")


@pytest.mark.parametrize("section,says", [
    ("[screen]\ntheme = blue\n", "dark"),
    ("[screen]\ncolumns = id,stat\n", '"stat"'),
    ("[screen]\nfps = 99\n", "0 to 30"),
    ("[layer x]\nkind = road\n", "needs a file"),
])
def test_wrong_sections(tmp_path, source, section, says):
    done = run(tmp_path, *configured(tmp_path, section), *connect(source), "--read-only")
    assert done.returncode in (1, 2) and says in done.stderr, done.stderr
    assert "odyssey.conf" in done.stderr


def test_the_mouse_is_off_until_asked_for(tmp_path, source):
    with Terminal(tmp_path, *connect(source)) as t:
        t.wait_for(">D01", "4 ok")
        assert b"?1000h" not in t.raw and b"?1006h" not in t.raw
        row = next(i for i, line in enumerate(t.screen.display) if " D03 " in line[60:])
        column = t.screen.display[row].index("D03", 60)
        t.send(":set mouse on\r")
        t.wait_gone(":set mouse")
        t.send(f"\x1b[<0;{column + 1};{row + 1}M\x1b[<0;{column + 1};{row + 1}m")
        t.wait_for(">D03")
        assert b"?1000h" in t.raw and b"?1006h" in t.raw and b"?1003h" not in t.raw
        t.send(":set mouse off\r")
        t.wait_gone(":set mouse")
        assert b"?1000l" in t.raw
        t.send(":q\r")
        assert t.end() == 0


@pytest.mark.parametrize("words", [
    "47.151111 9.521667", "47°09'04\"N 9°31'18\"E", "47 09 04 N 9 31 18 E",
    "32T 539548 5222089", "32TNT3954822088", "32T NT 39548 22088",
])
def test_positions_of_every_kind(tmp_path, source, words):
    obey(source, "accepted")
    with Terminal(tmp_path, *connect(source)) as t:
        t.wait_for(">D01")
        t.send(f":goto D03 {words} 60\r")
        t.wait_for("goto D03", "CONFIRM", "60 m above home")
        t.read(0.3)
        t.send("y")
        t.wait_for("D03 goto: accepted")
        args = source.of("command")[0]["args"]
        assert abs(args["lat"] - 47.151111) < 3e-5 and abs(args["lon"] - 9.521667) < 3e-5
        assert args["height"] == 60


def test_relative_positions(tmp_path, source):
    obey(source, "accepted")
    with Terminal(tmp_path, *connect(source)) as t:
        t.wait_for(">D01")
        t.send(":goto D02 +1km@000 60\r")
        t.wait_for("goto D02", "1.0 km", "CONFIRM")
        t.send("\x1b")
        t.wait_gone("CONFIRM")
        t.send(":goto D02 @D04 70\r")
        t.wait_for("goto D02", "CONFIRM", "70 m above home")
        t.send("\x1b")
        t.wait_gone("CONFIRM")
        t.send(":goto D02 @nobody\r")
        t.wait_for('"@nobody" is no drone and no place')
        assert not source.of("command")


def test_zones_are_on_the_map(tmp_path, source):
    ring = [[9.518, 47.140], [9.526, 47.140], [9.526, 47.146], [9.518, 47.146], [9.518, 47.140]]
    (tmp_path / "field.geojson").write_text(json.dumps({"type": "Feature", "properties": {
        "name": "meadow"}, "geometry": {"type": "Polygon", "coordinates": [ring]}}))
    config = configured(tmp_path, f"[zone field]\nfile = {tmp_path}/field.geojson\nkind = in\n")
    with Terminal(tmp_path, *config, *connect(source)) as t:
        t.wait_for("4 ok")
        t.send("---")
        t.wait_for("meadow")
        braille = [c for line in t.screen.display for c in line[:60] if "\u2801" <= c <= "\u28ff"]
        assert len(braille) > 20
    config = configured(tmp_path, f"[zone field]\nfile = {tmp_path}/none.geojson\nkind = in\n")
    with Terminal(tmp_path, *config, *connect(source)) as t:
        t.wait_for("4 ok", "no zones: ", "odyssey.conf:", ": [zone field]: ")


def test_two_screens_see_each_others_commands(tmp_path, source):
    obey(source, "accepted", "active", "done")
    with Terminal(tmp_path, *connect(source)) as one, Terminal(tmp_path, *connect(source)) as two:
        one.wait_for(">D01", "4 ok")
        two.wait_for(">D01", "4 ok")
        one.send(":hold D02\r")
        one.wait_for("CONFIRM", "hold D02")
        one.read(0.3)
        one.send("y")
        one.wait_for("D02 hold: done")
        text = two.wait_for("hold", "done", "D02")
        row = next(line for line in text.splitlines() if "hold" in line and "done" in line)
        assert "D02" in row


def test_the_past_is_there_at_once(tmp_path):
    """Trail and sparklines come from backfill, not from waiting."""
    with FakeSource(tmp_path, drones=("D01",)) as past:
        for i in range(200):
            past.sample(send=False, lat=471400000 + i * 1500, time=past.now() - (200 - i) * 500,
                        flags=3 | 4 | 8 | 16)
        with Terminal(tmp_path, "--connect", f"{past.feed},{past.control}") as t:
            t.wait_for(">D01", "LIVE")
            past.sample(lat=471400000 + 200 * 1500)
            end = time.monotonic() + 5
            while time.monotonic() < end:
                t.read(0.1)
                sparks = [c for line in t.screen.display for c in line[70:] if c in "▁▂▃▄▅▆▇█"]
                if len(sparks) > 60:
                    break
            assert len(sparks) > 60, t.text()
            assert past.asked("backfill")


def test_a_filter_names_the_drones(tmp_path, source):
    obey(source, "accepted", "done")
    with Terminal(tmp_path, *connect(source)) as t:
        t.wait_for(">D01", "4 ok")
        t.send(":hold /nobody\r")
        t.wait_for('no drone passes the filter "/nobody"')
        t.send("\x15hold /!D01\r")
        text = t.wait_for("CONFIRM", "[y] send")
        assert "hold D02 D03 D04" in text
        t.read(0.3)
        t.send("y")
        t.wait_for("D04 hold: done")
        assert sorted(c["drone"] for c in source.of("command")) == ["D02", "D03", "D04"]
