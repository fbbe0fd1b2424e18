"""tools/check-docs finds what is wrong: each case spoils one thing in a copy of the documents."""
import os
import pathlib
import re
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("ODYSSEY_BUILD", ROOT / "build")).resolve()

# legend: (file, pattern, replacement, what the complaint must name)
CASES = {
    "a table cell changed": ("man/odyssey-protocol.7", r"^drawn; negative", "drawn, negative",
                             r"odyssey-protocol\.7:\d+: table fields .*make docs"),
    "a table without its end": ("man/odyssey.1", r'^\.\\" end common$', ".", r'odyssey\.1:\d+: there is no line .*end common'),
    "a table in no page": ("man/odyssey-protocol.7", r'^\.\\" (begin|end) rejects$', ".",
                           r"no page has the table rejects"),
    "another default": ("odyssey.conf", r"^#stale_s = 3$", "#stale_s = 4", r"odyssey\.conf:\d+: .*#stale_s = 3"),
    "a configuration that is refused": ("odyssey.conf", r"^feed = .*", "feed = tcp:/127", r"is refused as it is"),
    "an example that is refused": ("man/odyssey.conf.5", r"^keep_days = 90$", "keep_daze = 90",
                                   r"odyssey\.conf\.5:\d+: this example is refused: .*keep_daze"),
    "an option not described": ("man/odyssey.conf.5", r"^\.It Ic lost_s$", ".It", r"\[fleet\] lost_s is not in"),
    "a subcommand without section": ("man/odyssey.1", r"^\.Ss tail$", ".Ss tails", r"subcommand tail has no"),
    "a flag not described": ("man/odyssey.1", r"^\.It Fl -ids$", ".It", r"odyssey ls --ids is not described"),
    "a command that is none": ("README.md", r"odyssey tail ev cm", "odyssey tial ev cm",
                               r"README\.md:\d+: there is no `odyssey tial`"),
    "a flag that is none": ("README.md", r"hold --wait", "hold --wiat", r"no option --wiat"),
    "a flag without its value": ("README.md", r"--json -n 10", "--json -n", r"-n needs a value"),
    "a target that is none": ("README.md", r"`make test-asan`", "`make test-asn`", r"no target test-asn"),
    "a file that is none": ("README.md", r"`src/base/buf\.h`", "`src/base/bfu.h`", r"there is no src/base/bfu\.h"),
    "a link that leads nowhere": ("README.md", r"\(man/odyssey\.1\)", "(man/odyssey.2)", r"man/odyssey\.2 leads nowhere"),
    "a page that is none": ("man/odyssey.1", r"^\.Xr odyssey-protocol 7$", ".Xr odyssey-protokoll 7",
                            r"there is no page odyssey-protokoll\(7\)"),
    "another wall between rooms": ("README.md", r"\| base, proto, fleet \|", "| base, proto |",
                                   r"src/command .*base, fleet, proto"),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    there = tmp_path_factory.mktemp("docs")
    for name in ("README.md", "odyssey.conf", "Makefile"):
        shutil.copy(ROOT / name, there)
    for name in ("man", "tools"):
        shutil.copytree(ROOT / name, there / name)
    for name in ("src", "sim", "tests", "docs", ".ci"):
        (there / name).symlink_to(ROOT / name)
    return there


def check(there, *more):
    return subprocess.run([there / "tools/check-docs", *more, BUILD], capture_output=True, text=True)


def test_documents_are_true(copy):
    done = check(copy)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("legend", CASES)
def test_finds(copy, legend):
    name, pattern, replacement, complaint = CASES[legend]
    path = copy / name
    sound = path.read_text()
    spoilt, n = re.subn(pattern, replacement.replace("\\", "\\\\"), sound, flags=re.M)
    assert n, f"{legend}: nothing in {name} is like {pattern}"
    try:
        path.write_text(spoilt)
        done = check(copy)
    finally:
        path.write_text(sound)
    assert done.returncode == 1 and re.search(complaint, done.stdout), f"{legend}:\n{done.stdout}"


def test_writes_tables_anew(copy):
    path = copy / "man/odyssey-protocol.7"
    sound = path.read_text()
    path.write_text(sound.replace("\ndrawn; negative while charging", ""))
    assert check(copy, "--write").returncode == 0
    assert path.read_text() == sound
