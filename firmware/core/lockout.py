"""How long a card must wait after wrong PINs. The count is durable; this is only arithmetic."""

from __future__ import annotations

FREE_TRIES = 5
OFFICER_AFTER = 15
FIRST_WAIT_SECONDS = 15


def wait_seconds(wrong_tries: int) -> int:
    """Seconds before the next try: none up to the fourth wrong one, then 15, doubling."""
    if wrong_tries < FREE_TRIES:
        return 0
    return FIRST_WAIT_SECONDS << (wrong_tries - FREE_TRIES)


def needs_officer(wrong_tries: int) -> bool:
    """Whether only an officer can unlock this card."""
    return wrong_tries >= OFFICER_AFTER


def tries_left(wrong_tries: int) -> int:
    """Tries that remain before an officer is needed."""
    return max(0, OFFICER_AFTER - wrong_tries)
