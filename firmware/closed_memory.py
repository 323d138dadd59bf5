"""What a process does so that its memory tells nothing once a visit is over.

Python frees what nobody refers to any more, and leaves its bytes where they were. glibc can
write over what is freed, and Python can be told to leave all memory to glibc; both only from a
process's first moment on, by its environment. A start without that environment starts itself
anew with it (the same process id, the same arguments).

What is still referred to, the stack, the kernel's buffers and pictures in a graphics driver are
not reached by this: docs/threat-model.md.
"""

from __future__ import annotations

import ctypes
import os
import resource
import sys
from collections.abc import Mapping

_TUNABLES = "glibc.malloc.tcache_count=0:glibc.malloc.perturb=90"
ENVIRONMENT: Mapping[str, str] = {"PYTHONMALLOC": "malloc_debug", "GLIBC_TUNABLES": _TUNABLES}
"""With it Python fills every object that it frees with a byte, and glibc all else that is freed.
glibc alone leaves the last eight bytes of a piece, which are just where a UID lies; and it leaves
its cache of freed pieces a thread as it is, so there is none. Pure Python is 2.4 times as slow for
it, sealing as fast as before (python -m tests.bench memory). Source: glibc manual, Memory
Allocation Tunables; Python, PYTHONMALLOC.
"""

_PR_SET_DUMPABLE = 4  # prctl(2)
_LOCK_NOW_AND_LATER_WHEN_TOUCHED = 1 | 2 | 4  # mlockall(2): MCL_CURRENT, MCL_FUTURE, MCL_ONFAULT


def close_memory() -> None:
    """Call first in a process that sees personal data. May start it anew, and then not return."""
    if any(os.environ.get(name) != value for name, value in ENVIRONMENT.items()):
        os.environ.update(ENVIRONMENT)
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 (ourselves)
    forbid_dumps()
    _keep_out_of_swap()


def forbid_dumps() -> None:
    """No core file, whoever asks for one; and no other process of the same user may look in."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def _keep_out_of_swap() -> None:
    """Where it is allowed without a limit; a limit reached later would end the process."""
    limit, _ = resource.getrlimit(resource.RLIMIT_MEMLOCK)
    if os.geteuid() == 0 or limit == resource.RLIM_INFINITY:
        ctypes.CDLL(None).mlockall(_LOCK_NOW_AND_LATER_WHEN_TOUCHED)
