"""Marks in the recorder's log, from within a recorded program."""

from __future__ import annotations

import ctypes

_recorder = ctypes.CDLL(None)


def mark(text: str) -> None:
    """Something that is no system call happens now; ``stage …`` begins another stage."""
    _recorder.powercut_mark(text.encode())
