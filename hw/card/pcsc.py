"""A PC/SC reader through pcscd, by ``smartcard.scard`` alone: pyscard's own monitor thread
dies in silence when pcscd restarts.

One thread reports. It listens to a watcher, whose thread speaks to pcscd. A call into libpcsclite
waits for ever when pcscd is alive but does not answer (a driver hangs while it starts, the
process is stopped): after a while of silence the reader is reported offline, and the watcher is
left to itself and replaced.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hw.card.feedback import AUTO, LANGUAGES, NONE
from hw.card.profiles import PROFILES, Profile, make_profiles
from hw.card.watching import (
    NO_ANSWER,
    READ_SECONDS,
    RETRY_SECONDS,
    STUCK_SECONDS,
    WAIT_MILLISECONDS,
    Watcher,
    Wishes,
    choose_reader,
)
from hw.near import nearest
from hw.protocols import (
    CardNotPresent,
    CardPresent,
    CardReport,
    CardUnreadable,
    ReaderOffline,
    ReaderOnline,
)

__all__ = ["PcscReader", "choose_reader"]

MOST_WATCHERS = 3
"""All watchers of a process share a lock of libpcsclite: more would not get further."""
_KEYS = ("driver", "reader", "profiles", "sam", "feedback", *PROFILES)


class PcscReader:
    """Watches the reader whose name holds ``wanted``; see ``choose_reader`` for an empty one.

    ``sam`` is a part of the name of the security module's slot, ``feedback`` "auto", "none" or a
    name in ``feedback.LANGUAGES``.
    """

    def __init__(
        self,
        wanted: str = "",
        profiles: Sequence[str | Profile] = ("uid_tag",),
        sam: str = "",
        feedback: str = AUTO,
    ) -> None:
        self._wishes = Wishes(wanted, sam, tuple(profiles), feedback)
        self._report: Callable[[CardReport], None] = _unheard
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="card-reader", daemon=True)
        self._watcher: Watcher | None = None
        self._left: list[Watcher] = []
        self._said: ReaderOnline | ReaderOffline | None = None
        self._lies = False

    @classmethod
    def from_config(cls, section: Mapping[str, Any]) -> PcscReader:
        """From the [card] table; raises ValueError with one sentence."""
        for key in section:
            if key not in _KEYS:
                raise ValueError(f"[card] has no key {key!r}; {nearest(key, _KEYS)}")
        profiles = section.get("profiles", ["uid_tag"])
        if not isinstance(profiles, list) or not profiles:
            raise ValueError('[card] profiles must be a list of names, for example ["uid_tag"]')
        for name in profiles:
            _refuse_unknown("profiles", name, tuple(PROFILES))
        feedback = _text(section, "feedback", AUTO, "how the reader shows that it read")
        _refuse_unknown("feedback", feedback, (AUTO, NONE, *LANGUAGES))
        wanted = _text(section, "reader", "", "a part of the reader's name")
        sam = _text(section, "sam", "", "a part of the name of the security module's slot")
        return cls(wanted, make_profiles(profiles, section), sam, feedback)

    @property
    def abilities(self) -> dict[str, str]:
        """What the reader in use was found able to do; empty without one."""
        used = self._watcher.used if self._watcher is not None else None
        if used is None or not isinstance(self._said, ReaderOnline):
            return {}
        return {"security module": used.sam or "none", "feedback": used.feedback.ability}

    def start(self, report: Callable[[CardReport], None]) -> None:
        self._report = report
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join(WAIT_MILLISECONDS / 1000 + READ_SECONDS + 1)

    # ------------------------------------------------------------ the reporting thread

    def _run(self) -> None:
        self._watcher = Watcher(self._wishes)
        silences = 0  # counted, not timed: a process that was stopped for a while has heard nothing
        while not self._closing.is_set():
            try:
                report = self._watcher.heard.get(timeout=RETRY_SECONDS)
            except queue.Empty:
                silences += 1
                if silences * RETRY_SECONDS >= STUCK_SECONDS:
                    self._pass_on(ReaderOffline(NO_ANSWER))
                    self._replace_watcher(self._watcher)
                    silences = 0
                continue
            silences = 0
            if report is not None:
                self._pass_on(report)
        self._watcher.stop(WAIT_MILLISECONDS / 1000 + READ_SECONDS)

    def _replace_watcher(self, stuck: Watcher) -> None:
        """Leave it to itself: its thread ends when its call comes back. Of too many that are
        stuck the last is listened to further.
        """
        self._left = [watcher for watcher in self._left if watcher.runs]
        if len(self._left) < MOST_WATCHERS - 1:
            stuck.stop()
            self._left.append(stuck)
            self._watcher = Watcher(self._wishes)

    def _pass_on(self, report: CardReport) -> None:
        """Report; that the reader is gone only once, whatever the reason of the day."""
        match report:
            case CardPresent() | CardUnreadable():
                self._lies = True
            case CardNotPresent():
                self._lies = False
            case ReaderOnline() | ReaderOffline():
                gone = isinstance(report, ReaderOffline)
                if report == self._said or (gone and isinstance(self._said, ReaderOffline)):
                    return
                if gone and self._lies:
                    self._pass_on(CardNotPresent())
                self._said = report
        self._report(report)


def _text(section: Mapping[str, Any], key: str, default: str, meaning: str) -> str:
    value = section.get(key, default)
    if not isinstance(value, str):
        raise ValueError(f"[card] {key} must be text: {meaning}")
    return value


def _refuse_unknown(key: str, name: object, known: Sequence[str]) -> None:
    if name not in known:
        raise ValueError(f"[card] {key} names {name!r}; {nearest(str(name), known)}")


def _unheard(_report: CardReport) -> None:
    """Before start there is nobody to tell."""
