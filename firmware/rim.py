"""The rim of a thread: an error that nobody expected is reported, and the thread lives on."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any

from firmware.signals import Signal, ThreadFailed


def describe(error: BaseException) -> str:
    """Type and place of an error, without its message, which may hold personal data."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in frames[-4:]]
    return f"{type(error).__name__} at {' < '.join(reversed(places))}"


def guarded(post: Callable[[Signal], None], call: Callable[..., None]) -> Callable[..., None]:
    """``call`` for a callback that must never raise."""

    def safe(*args: Any, **kwargs: Any) -> None:
        try:
            call(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - the rim
            post(ThreadFailed(describe(error)))

    return safe
