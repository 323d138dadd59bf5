"""A code that somebody typed is asked for at the regency, while they wait.

Neither question nor answer is ever written down. The answer is sealed to a key that lives for this
question; a letter that came with it is kept in memory until the visit is over.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from firmware.core import commands, events, finds, seal, wire
from firmware.core.errors import SealError, WireError
from firmware.journal import Journal


@dataclass(frozen=True, slots=True, repr=False)
class _Question:
    id: str
    visit: int
    seed: bytes


class Finding:
    """``publish`` sends on up/find; ``is_online`` says whether that leads anywhere; ``tell`` passes
    an event to the visit. Used by the controller's thread alone.
    """

    def __init__(
        self,
        kiosk: str,
        regency_key: bytes,
        journal: Journal,
        publish: Callable[[bytes], None],
        is_online: Callable[[], bool],
        tell: Callable[[events.Event], None],
    ) -> None:
        self._kiosk = kiosk
        self._regency_key = regency_key
        self._journal = journal
        self._publish = publish
        self._is_online = is_online
        self._tell = tell
        self._waits: _Question | None = None
        self._letter: tuple[int, wire.SignedLetter] | None = None

    def find(self, command: commands.FindCode) -> None:
        """Ask what this code belongs to."""
        if not self._is_online():
            self._tell(events.CodeNotFound(command.visit, "offline"))
            return
        question = _Question(secrets.token_hex(16), command.visit, os.urandom(seal.SEED_BYTES))
        inside = finds.Find(
            question.id,
            self._kiosk,
            command.purpose,
            command.code,
            seal.public_key_of(question.seed),
        )
        sealed = seal.seal(
            self._regency_key, msgspec.json.encode(inside), seal.find_context(question.id)
        )
        self._waits, self._letter = question, None
        self._publish(wire.encode(wire.FindUp(question.id, sealed)))
        self._journal.write("code.asked", purpose=command.purpose)

    def stop(self) -> None:
        """The visit is over: an answer comes too late, and a letter is forgotten."""
        self._waits = self._letter = None

    def letter(self, visit: int, request_id: str) -> wire.SignedLetter | None:
        """The letter that was found in this visit."""
        if self._letter is None or self._letter[0] != visit:
            return None
        letter = self._letter[1]
        return letter if letter.request_id == request_id else None

    def answered(self, message: wire.FindDown) -> None:
        """The regency's answer; raises WireError for one that cannot be read."""
        question = self._waits
        if question is None or message.id != question.id:
            return
        self._waits = None
        if message.limited:
            self._journal.write("code.answered", outcome="limited")
            self._tell(events.CodeNotFound(question.visit, "limited"))
            return
        found = _open(question, message).found
        self._journal.write("code.answered", outcome="found" if found else "unknown")
        if found is None:
            self._tell(events.CodeNotFound(question.visit, "unknown"))
        elif isinstance(found, finds.FoundLetter) or found.letter is None:
            self._tell(events.CodeFound(question.visit, found))
        else:
            self._letter = (question.visit, found.letter)
            kept = msgspec.structs.replace(found, letter=None)
            self._tell(events.CodeFound(question.visit, kept, printable=True))


def _open(question: _Question, message: wire.FindDown) -> finds.Answer:
    try:
        raw = seal.unseal(question.seed, message.sealed, seal.found_context(question.id))
        return msgspec.json.decode(raw, type=finds.Answer)
    except (SealError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise WireError("the answer to a code is not readable") from error
