"""When to try again: full jitter, so that a whole fleet does not come back at once.

Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
"""

from __future__ import annotations


def full_jitter(attempt: int, random: float, base: float, cap: float) -> float:
    """Seconds to wait before ``attempt`` (from 1): evenly spread over 0 to the bound, which
    doubles from ``base`` to ``cap``. ``random`` is drawn from 0 to 1 by the caller.
    """
    return random * _bound(attempt, base, cap)


def resend_after(attempt: int, random: float, base: float, cap: float) -> float:
    """Like full_jitter, but never sooner than half the bound: a receipt needs time to come."""
    bound = _bound(attempt, base, cap)
    return bound / 2 + random * bound / 2


def _bound(attempt: int, base: float, cap: float) -> float:
    return min(cap, base * float(1 << min(attempt - 1, 32)))
