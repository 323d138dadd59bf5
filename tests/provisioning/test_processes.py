"""Programs are started, waited for and stopped; none is left behind."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioning.processes import Children, StartError, free_ports, port_answers

_READY = "print('{\"ready\": true}', flush=True); import time; time.sleep(600)"
_STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {_READY}"


@pytest.fixture
def children(tmp_path: Path) -> Iterator[Children]:
    children = Children(tmp_path / "logs")
    yield children
    children.stop()


def test_a_program_says_that_it_is_ready(children: Children) -> None:
    assert children.start("good", [sys.executable, "-c", _READY]).ready() == {"ready": True}


def test_one_that_ends_first_is_named_with_its_log(children: Children) -> None:
    bad = children.start("bad", [sys.executable, "-c", "raise SystemExit('no such printer')"])
    with pytest.raises(StartError, match=r"bad .*bad\.log"):
        bad.ready()
    assert "no such printer" in bad.log.read_text()


def test_one_that_says_something_else_is_not_ready(children: Children) -> None:
    with pytest.raises(StartError, match="hello"):
        children.start("chatty", [sys.executable, "-c", "print('hello')"]).ready()


def test_one_that_ignores_sigterm_is_killed(children: Children) -> None:
    stubborn = children.start("stubborn", [sys.executable, "-c", _STUBBORN])
    stubborn.ready()
    stubborn.stop(seconds=0.2)
    assert not stubborn.running


def test_nothing_outlives_a_starter_that_is_killed(tmp_path: Path) -> None:
    script = (
        "import sys, pathlib; from provisioning.processes import Children\n"
        f"children = Children(pathlib.Path({str(tmp_path)!r}))\n"
        f"child = children.start('x', [sys.executable, '-c', {_READY!r}])\n"
        "child.ready(); print(child.pid, flush=True); input()"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with starter:
        assert starter.stdout is not None
        pid = int(starter.stdout.readline())
        watch = os.pidfd_open(pid)
        starter.send_signal(signal.SIGKILL)
    _wait_end(watch)


def _wait_end(watch: int) -> None:
    """A process's descriptor can be read once it has ended; pytest's timeout is the limit."""
    poll = select.poll()
    poll.register(watch, select.POLLIN)
    assert poll.poll(30_000)
    os.close(watch)


def test_free_ports_are_free_and_all_different() -> None:
    ports = free_ports(5)
    assert len(set(ports)) == 5
    assert not any(port_answers(port) for port in ports)
