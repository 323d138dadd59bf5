"""The rim of a thread: an error that nobody expected is reported, and the thread lives on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from firmware.core.errors import describe
from firmware.signals import Signal, ThreadFailed


def guarded(post: Callable[[Signal], None], call: Callable[..., None]) -> Callable[..., None]:
    """``call`` for a callback that must never raise."""

    def safe(*args: Any, **kwargs: Any) -> None:
        try:
            call(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - the rim
            post(ThreadFailed(describe(error)))

    return safe
