"""A real network for half of the kiosks: a network namespace, joined to ours by a cable (a veth
pair of the kernel's). A partition is the kernel's own then: packets go nowhere, nobody is told.

In it some ports of 127.0.0.1 are reached through the cable (``reach``), so that nothing else
differs for those kiosks. Needs the rights to make namespaces: ``may_be_made`` says whether they
are here.
"""

from __future__ import annotations

import ctypes
import os
import secrets
import shutil
import subprocess
from pathlib import Path

_CLONE_NEWNET = 0x40000000  # setns(2)
_HERE, _THERE = "10.213.77.1", "10.213.77.2"
_TABLE = "100"
NARROW_KBIT = 256


class FarSide:
    """The namespace; use as a context manager. Cut and mended as a whole."""

    def __init__(self) -> None:
        mark = secrets.token_hex(3)
        self.name = f"anjungan-{mark}"
        self._near, self._far = f"anj{mark}a", f"anj{mark}b"

    @property
    def path(self) -> Path:
        """What a process that belongs there opens: see ``enter``."""
        return Path("/run/netns", self.name)

    def __enter__(self) -> FarSide:
        near, far, name = self._near, self._far, self.name
        _run("ip", "netns", "add", name)
        try:
            _run("ip", "link", "add", near, "type", "veth", "peer", "name", far, "netns", name)
            _run("ip", "addr", "add", f"{_HERE}/30", "dev", near)
            _run("ip", "-n", name, "addr", "add", f"{_THERE}/30", "dev", far)
            _run("sysctl", "-qw", f"net.ipv4.conf.{near}.route_localnet=1")
            for key in ("route_localnet", "accept_local"):
                _run("ip", "netns", "exec", name, "sysctl", "-qw", f"net.ipv4.conf.{far}.{key}=1")
            _run("ip", "link", "set", near, "up")
            for device in ("lo", far):
                _run("ip", "-n", name, "link", "set", device, "up")
            route = ("127.0.0.1/32", "via", _HERE, "dev", far, "src", _THERE, "table", _TABLE)
            _run("ip", "-n", name, "route", "add", *route)
            _run("ip", "-n", name, "rule", "add", "pref", "10", "lookup", "local")
            _run("ip", "-n", name, "rule", "del", "pref", "0")  # ours come before
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """The cable goes with it."""
        _run("ip", "netns", "del", self.name)

    def reach(self, port: int) -> None:
        """This TCP port of 127.0.0.1 is the one on our side."""
        which = ("pref", "5", "ipproto", "tcp", "dport", str(port))
        _run("ip", "-n", self.name, "rule", "add", *which, "lookup", _TABLE)

    def cut(self) -> None:
        """From now on no packet passes, either way."""
        _run("ip", "link", "set", self._near, "down")

    def mend(self) -> None:
        """The cable is whole, and as wide as ever."""
        subprocess.run(
            ["tc", "qdisc", "del", "dev", self._near, "root"], capture_output=True, check=False
        )
        _run("ip", "link", "set", self._near, "up")

    def narrow(self) -> None:
        """What goes there goes slowly: NARROW_KBIT for all of them together."""
        limits = ("rate", f"{NARROW_KBIT}kbit", "burst", "8kb", "latency", "500ms")
        _run("tc", "qdisc", "replace", "dev", self._near, "root", "tbf", *limits)


def may_be_made() -> bool:
    """Whether this machine and its user may make namespaces and join them."""
    if not all(map(shutil.which, ("ip", "tc", "sysctl"))):
        return False
    try:
        with FarSide():
            return True
    except (OSError, subprocess.CalledProcessError):
        return False


def enter(path: Path) -> None:
    """This process belongs to that network from now on. Call before any other thread begins."""
    with path.open() as namespace:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.setns(namespace.fileno(), _CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")


def _run(*command: str) -> None:
    subprocess.run(command, capture_output=True, check=True, env={**os.environ, "LC_ALL": "C"})
