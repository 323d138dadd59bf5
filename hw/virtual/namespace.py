"""Namespaces of our own: a network where only we listen, and mounts that nobody else sees.

Made by system calls rather than by ``unshare`` and ``ip``: a bare machine may lack ``ip``, and
``unshare`` gives up in a chroot, whose root is no mount and so cannot be made private.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import socket
import struct
from pathlib import Path

_CLONE_NEWNS, _CLONE_NEWNET = 0x00020000, 0x40000000
_MS_BIND, _MS_REC, _MS_PRIVATE = 0x1000, 0x4000, 0x40000
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 0x1
_PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None, use_errno=True)


def enter_private() -> None:
    """Move this process to its own network, with loopback up, and its own mounts.

    Raises OSError where that is not allowed. Call it before any thread is started.
    """
    _check(_libc.unshare(_CLONE_NEWNS | _CLONE_NEWNET), "namespaces")
    _keep_mounts_private()
    _loopback_up()


def bind(source: Path, target: Path) -> None:
    """Show the folder ``source`` at ``target``, to this process and its children only."""
    done = _libc.mount(os.fsencode(source), os.fsencode(target), None, _MS_BIND, None)
    _check(done, f"bind mount on {target}")


def die_with_parent() -> None:
    """Call in a child before exec: it is killed when the thread that forked it ends."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _keep_mounts_private() -> None:
    """Without this a bind mount would show up outside too.

    Propagation is set at a mount, and in a chroot ``/`` is none. Joining the mount namespace that
    we are already in puts us at its true root; from there we go back into the chroot.
    """
    here = os.open("/", os.O_RDONLY | os.O_DIRECTORY)
    folder = Path.cwd()
    mounts = os.open("/proc/self/ns/mnt", os.O_RDONLY)
    try:
        _check(_libc.setns(mounts, _CLONE_NEWNS), "mount namespace")
        _check(_libc.mount(None, b"/", None, _MS_REC | _MS_PRIVATE, None), "private mounts")
        os.fchdir(here)
        os.chroot(".")
        os.chdir(folder)
    finally:
        os.close(mounts)
        os.close(here)


def _loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sH14x", b"lo", 0)
        flags = struct.unpack("16sH14x", fcntl.ioctl(any_socket, _SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags | _IFF_UP))


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{os.strerror(number)} ({what})")
