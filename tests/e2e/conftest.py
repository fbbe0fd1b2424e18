"""Fixtures: a place of its own for each test, and programs that end with it."""
import shutil
import tempfile

import pytest

from fake_source import FakeSource
from programs import Daemon, Sim
from wire import Control, Watcher


# Whole files that take minutes where everything runs five times slower.
SLOW = {"test_bridge_commands", "test_bridge_links", "test_bridge_wires", "test_screen", "test_history_crash",
        "test_history_disk", "test_history_flights", "test_history_list",
        "test_check_docs", "test_shell_send"}


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: not run under the sanitizers")


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.stem in SLOW:
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def place():
    """A directory with a short name: ipc paths have 107 bytes at most."""
    path = tempfile.mkdtemp(prefix="ody-")
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def opened():
    """Whatever is opened during a test, closed after it, last first."""
    things = []
    yield things
    wrong = []
    for t in reversed(things):
        try:
            (getattr(t, "close", None) or t.end)()
        except AssertionError as why:
            wrong.append(why)
    assert wrong == []


@pytest.fixture
def sim(place, opened):
    def start(*args, **keys):
        opened.append(Sim(place, *args, **keys))
        return opened[-1]
    return start


@pytest.fixture
def daemon(place, opened):
    def start(*args, **keys):
        opened.append(Daemon(place, *args, **keys))
        return opened[-1]
    return start


@pytest.fixture
def fake(place, opened):
    def start(*args, **keys):
        opened.append(FakeSource(place, *args, **keys))
        return opened[-1]
    return start


@pytest.fixture
def watch(opened):
    def start(served, **keys):
        opened.append(Watcher(getattr(served, "feed", served), **keys))
        return opened[-1]
    return start


@pytest.fixture
def control(opened):
    def start(served, **keys):
        opened.append(Control(getattr(served, "control", served), **keys))
        return opened[-1]
    return start
