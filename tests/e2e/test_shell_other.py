"""odyssey check, completion and doc."""
import os
import re
import shutil
import subprocess

import pytest
from shell_helpers import ODYSSEY, Source, environment, flying, run


def config(tmp_path, text):
    path = tmp_path / "test.conf"
    path.write_text(text)
    return path


def test_check_says_what_is_right(tmp_path):
    with Source(tmp_path, {"D01": flying}) as source:
        path = config(tmp_path, f"[daemon]\nfeed = ipc://{tmp_path}/own\n[source one]\nfeed = {source.feed}\n")
        out = run(tmp_path, "check", "--config", path)
    assert out.returncode == 0 and out.stderr == "", out.stdout
    lines = out.stdout.splitlines()
    assert all(line.startswith("ok ") for line in lines)
    assert str(path) in lines[0] and "\033" not in out.stdout
    for word in ("state: ", "history: ", "GB free", "feed ipc://", "is free", "fake (sim), 1 drones", "clock"):
        assert word in out.stdout


def test_check_says_what_is_wrong(tmp_path):
    (tmp_path / "file").write_text("")
    with Source(tmp_path, {"D01": flying}, kind="replay") as replay:
        path = config(tmp_path, f"""[daemon]
feed = ipc://{tmp_path}/own
state = {tmp_path}/file
[source gone]
feed = ipc://{tmp_path}/gone
[source past]
feed = {replay.feed}
""")
        out = run(tmp_path, "check", "--config", path)
    assert out.returncode == 1 and "wrong" in out.stderr
    for line in (f"wrong  state: {tmp_path}/file is a file",
                 "wrong  source gone: feed ipc://", "wrong  source gone: control: nobody answers",
                 "wrong  source past: control ipc://"):
        assert line in out.stdout
    assert "replay = yes" in out.stdout


def test_check_names_the_line_of_a_bad_configuration(tmp_path):
    path = config(tmp_path, "[fleet]\nstale_s = 3\nlost_s = soon\n")
    out = run(tmp_path, "check", "--config", path)
    assert out.returncode == 1 and "test.conf:3" in out.stdout and "lost_s" in out.stdout
    # every other command refuses to run with it
    out = run(tmp_path, "ls", "--config", path)
    assert out.returncode == 2 and "test.conf:3" in out.stderr


def test_check_says_all_that_is_wrong_in_the_file(tmp_path):
    path = config(tmp_path, "[daemon]\nnaem = x\n[fleet]\nstale_s = three\nno option\n[sourc x]\nfeed = a\n")
    out = run(tmp_path, "check", "--config", path)
    assert out.returncode == 1 and "4 wrong" in out.stderr
    lines = out.stdout.splitlines()
    assert [re.search(r"test\.conf:(\d)", line).group(1) for line in lines] == ["2", "4", "7", "5"]
    path = config(tmp_path, "[screen]\ncolumns = id,foo\n")
    assert "test.conf:2: [screen] columns: there is no column \"foo\"" in run(
        tmp_path, "check", "--config", path).stdout


def test_check_finds_a_port_that_is_taken(tmp_path):
    import socket
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    taken.listen()
    with Source(tmp_path, {}) as source:
        path = config(tmp_path, f"[daemon]\nfeed = tcp://127.0.0.1:{taken.getsockname()[1]}\n"
                                f"[source one]\nfeed = {source.feed}\n")
        out = run(tmp_path, "check", "--config", path)
    assert out.returncode == 1 and "another program has it" in out.stdout


def test_check_leaves_the_sockets_of_others_alone(tmp_path):
    with Source(tmp_path, {"D01": flying}) as other:
        path = config(tmp_path, f"[daemon]\nfeed = {other.feed}\n[source one]\nfeed = {other.feed}\n")
        for _ in range(2):
            out = run(tmp_path, "check", "--config", path)
            assert out.returncode == 1 and out.stdout.count("another program has it") == 2
        assert run(tmp_path, "ls", "--connect", other.feed).returncode == 0


def complete(tmp_path, *words):
    """What bash offers for the last word."""
    script = run(tmp_path, "completion", "bash").stdout
    (tmp_path / "odyssey.bash").write_text(script)
    quoted = " ".join(f"'{w}'" for w in words)
    code = (f"source ./odyssey.bash; COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; _odyssey; "
            "printf '%s\\n' \"${COMPREPLY[@]}\"")
    out = subprocess.run(["bash", "-c", code], capture_output=True, text=True, cwd=tmp_path,
                         env=environment(tmp_path, ODYSSEY_DAEMON_FEED=f"ipc://{tmp_path}/fake"))
    assert out.stderr == ""
    return out.stdout.split()


def test_bash_completion(tmp_path):
    with Source(tmp_path, {"D01": flying, "D02": flying}):
        assert {"ls", "tail", "send", "check", "daemon"} <= set(complete(tmp_path, ODYSSEY, ""))
        assert complete(tmp_path, ODYSSEY, "chec") == ["check"]
        assert "--sources" in complete(tmp_path, ODYSSEY, "ls", "--s")
        assert set(complete(tmp_path, ODYSSEY, "send", "")) == {"D01", "D02"}
        assert complete(tmp_path, ODYSSEY, "send", "D01", "got") == ["goto"]
        assert "D02" in complete(tmp_path, ODYSSEY, "send", "D01", "D")
        assert complete(tmp_path, ODYSSEY, "send", "D01", "video", "o") == ["on", "off"]
        assert complete(tmp_path, ODYSSEY, "ls", "--fields", "lat,hea") == ["lat,heading"]
        assert "tm" in complete(tmp_path, ODYSSEY, "tail", "t")
        assert complete(tmp_path, ODYSSEY, "doc", "fie") == ["fields"]
        assert complete(tmp_path, ODYSSEY, "export", "--format", "k") == ["kml"]
        assert complete(tmp_path, ODYSSEY, "flights", "--drone", "D") == ["D01", "D02"]
        assert "D01" in complete(tmp_path, ODYSSEY, "shelve", "D")
        assert complete(tmp_path, ODYSSEY, "history", "") == ["verify"]


def test_zsh_completion_is_zsh(tmp_path):
    script = run(tmp_path, "completion", "zsh").stdout
    assert script.startswith("#compdef odyssey\n") and "takeoff" in script
    if not shutil.which("zsh"):
        pytest.skip("no zsh here")
    assert subprocess.run(["zsh", "-n"], input=script, text=True, capture_output=True).stderr == ""


def test_completion_wants_a_shell(tmp_path):
    for args in ((), ("fish",), ("bash", "zsh")):
        out = run(tmp_path, "completion", *args)
        assert out.returncode == 2 and "which shell" in out.stderr


def test_doc_prints_each_table_as_mdoc(tmp_path):
    names = [line.split()[0] for line in run(tmp_path, "doc").stdout.splitlines()]
    assert names == sorted(names) and {"codes", "commands", "fields", "options", "topics"} <= set(names)
    commands = [("subcommand", name) for name in ("ls", "send", "daemon")]
    for name in [(n,) for n in names if n != "conf"] + commands:
        out = run(tmp_path, "doc", *name)
        assert out.returncode == 0 and out.stdout.startswith("."), name
        assert out.stdout.isascii(), name
        if shutil.which("groff"):
            page = ".Dd January 1, 2026\n.Dt X 1\n.Os\n.Sh NAME\n.Nm x\n.Nd x\n.Sh X\n" + out.stdout
            checked = subprocess.run(["groff", "-mdoc", "-ww", "-z", "-Tascii"], capture_output=True,
                                     text=True, input=page)
            assert checked.stderr == "", name


def test_doc_conf_is_a_configuration(tmp_path):
    conf = tmp_path / "all.conf"
    text = run(tmp_path, "doc", "conf").stdout
    for form in (text, re.sub(r"(?m)^#(?=[a-z_]+ =)", "", text)):
        conf.write_text(form)
        out = run(tmp_path, "stop", "--config", str(conf), "--state", str(tmp_path / "nothing"))
        assert out.returncode == 1 and "no daemon" in out.stderr


def test_doc_says_what_there_is(tmp_path):
    assert run(tmp_path, "doc", "field").stderr.endswith("did you mean fields?\n")
    assert run(tmp_path, "doc", "field").returncode == 2
    assert "no command" in run(tmp_path, "doc", "subcommand", "lx").stderr
    assert run(tmp_path, "doc", "fields", "modes").returncode == 2


def test_help_everywhere(tmp_path):
    overview = run(tmp_path, "--help").stdout
    names = re.findall(r"^  ([a-z]+) ", overview, re.MULTILINE)
    assert len(names) > 15 and {"ls", "tail", "send", "check", "completion", "doc"} <= set(names)
    assert max(map(len, overview.splitlines())) <= 80
    for name in names:
        out = run(tmp_path, name, "--help")
        # The narrowest terminal that everybody has shows it unbroken.
        assert [line for line in out.stdout.splitlines()[1:] if len(line) > 80] == []
        assert out.returncode == 0 and out.stderr == "" and out.stdout.startswith(f"usage: odyssey {name} ")
        assert run(tmp_path, name, "--version").stdout.startswith("odyssey ")
    assert os.path.exists(ODYSSEY)
