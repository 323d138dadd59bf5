"""Who is signed in. The cookie holds a signed, random name of a session; the rest stays here,
so that signing out ends it for good. After a restart officers sign in again.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

IDLE_SECONDS = 30 * 60
LONGEST_SECONDS = 10 * 3600
_CHECKS_AT_ONCE = 2  # each costs 64 MiB


@dataclass(slots=True)
class _Session:
    username: str
    began: float
    seen: float


class Sessions:
    """Sessions by their random name; idle ones end by themselves."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._sessions: dict[str, _Session] = {}

    def open(self, username: str) -> str:
        """A new session; its name."""
        name = secrets.token_urlsafe(32)
        with self._lock:
            now = self._clock()
            self._sessions = {n: s for n, s in self._sessions.items() if _alive(s, now)}
            self._sessions[name] = _Session(username, now, now)
        return name

    def username(self, name: str) -> str | None:
        """Whose session it is; None when it ended. Being asked keeps it alive."""
        with self._lock:
            session = self._sessions.get(name)
            now = self._clock()
            if session is None or not _alive(session, now):
                return None
            session.seen = now
            return session.username

    def close(self, name: str) -> None:
        """End it."""
        with self._lock:
            self._sessions.pop(name, None)


def _alive(session: _Session, now: float) -> bool:
    return now - session.seen < IDLE_SECONDS and now - session.began < LONGEST_SECONDS


class Passwords:
    """Checks passwords by Argon2id, a few at once."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._nobody = self._hasher.hash(secrets.token_urlsafe(16))
        self._turn = threading.BoundedSemaphore(_CHECKS_AT_ONCE)

    def right(self, password_hash: str | None, password: str) -> bool:
        """Whether the password is right. Nobody's (None) costs the same time and is wrong."""
        with self._turn:
            try:
                self._hasher.verify(password_hash or self._nobody, password)
            except (VerifyMismatchError, VerificationError, InvalidHashError):
                return False
        return password_hash is not None
