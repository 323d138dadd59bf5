"""How often somebody may guess."""

from __future__ import annotations

import ipaddress
import math
import threading
import time
from collections.abc import Callable

from starlette.requests import Request

_MOST_KEYS = 20_000


class Limiter:
    """Counts guesses in windows: ``allowed`` in ``seconds`` for each key, in memory.

    ``take`` counts before the guess is checked, so that guesses made side by side count too.
    """

    def __init__(
        self, allowed: int, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._allowed = allowed
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._windows: dict[str, tuple[float, int]] = {}

    def take(self, key: str) -> int:
        """Count one guess: 0 when it may be made, else the whole seconds to wait."""
        with self._lock:
            now = self._clock()
            end, count = self._window(key, now)
            if count >= self._allowed:
                return max(1, math.ceil(end - now))
            self._windows[key] = (end, count + 1)
            return 0

    def give_back(self, key: str) -> None:
        """The guess was right: it does not count."""
        with self._lock:
            end, count = self._window(key, self._clock())
            self._windows[key] = (end, max(0, count - 1))

    def forget(self, key: str) -> None:
        """Begin anew for this key."""
        with self._lock:
            self._windows.pop(key, None)

    def _window(self, key: str, now: float) -> tuple[float, int]:
        if len(self._windows) > _MOST_KEYS:
            self._windows = {k: w for k, w in self._windows.items() if w[0] > now}
        end, count = self._windows.get(key, (0.0, 0))
        return (end, count) if end > now else (now + self._seconds, 0)


def address_of(request: Request) -> str:
    """Who asks. One network of IPv6 (/64) counts as one, since a guesser owns all of it."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 4:
        return host
    return str(ipaddress.ip_network(f"{address}/64", strict=False))
