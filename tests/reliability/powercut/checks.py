"""What the kiosk had promised up to a cut, and whether it is kept afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import msgspec

from firmware.core import view
from tests.reliability.powercut.disk import Image
from tests.reliability.powercut.life import Aftermath
from tests.reliability.powercut.recording import Operation

_QUESTIONS = (b"\x10\x04", b"\x1dI")
_QUESTION_BYTES = 3
_ON_PAPER = {
    "letter is printed": "letter",
    "a slip is ordered": "slip",
    "started again": "again",
    "stopped again": "again",
}
"""Stage -> what comes out of the printer then; else it is the ticket."""


@dataclass(frozen=True, slots=True)
class Promises:
    """``numbers``: of requests that the screen called accepted. ``wrong``: PINs that it refused
    since it last took one; ``forgiven``: a right one was typed then. ``on_paper``: the first byte
    was sent of a ``ticket``, a ``letter``, or, after a first cut, ``again`` of one of them.
    ``said_printed``: the screen said that the letter is on paper. ``messages`` were sent to the
    regency, ``surely`` so many have come there; ``acts`` counts what the regency did by itself.
    """

    numbers: frozenset[str] = frozenset()
    wrong: int = 0
    forgiven: bool = False
    on_paper: frozenset[str] = frozenset()
    said_printed: bool = False
    messages: int = 0
    surely: int = 0
    acts: int = 0
    last_view: view.Screen | None = field(default=None, repr=False)

    def after(self, op: Operation) -> Promises:
        """What is promised once the operation is done."""
        match op.kind, op.path:
            case "send", "screen":
                return self._shown(msgspec.json.decode(op.data, type=view.ViewState).screen)
            case "send", "printer" if not is_question(op.data):
                return replace(self, on_paper=self.on_paper | {_ON_PAPER.get(op.stage, "ticket")})
            case "send", "line":
                return replace(self, messages=self.messages + 1)
            case "mark", "heard":
                return replace(self, surely=self.messages)
            case "mark", "acted":
                return replace(self, acts=self.acts + 1)
            case "mark", "stage right PIN":
                return replace(self, forgiven=True)
        return self

    def _shown(self, screen: view.Screen) -> Promises:
        now = replace(self, last_view=screen)
        match screen:
            case view.Pin(message=message) if message is not None and _is_new(self, screen):
                return replace(now, wrong=self.wrong + 1)
            case view.Home():
                return replace(now, wrong=0)
            case view.Ticket(number=number):
                return replace(now, numbers=self.numbers | {number})
            case view.Collect(print_state="printed"):
                return replace(now, said_printed=True)
        return now


def _is_new(before: Promises, screen: view.Pin) -> bool:
    """Whether this refusal was not on the screen already."""
    last = before.last_view
    return not (isinstance(last, view.Pin) and last.message == screen.message)


def is_question(data: bytes) -> bool:
    """Whether the printer is only asked something."""
    return len(data) == _QUESTION_BYTES and data.startswith(_QUESTIONS)


def broken(promises: Promises, after: Aftermath, power_was_gone: bool) -> Iterator[str]:
    """Every promise that was not kept."""
    if after.trouble:
        yield after.trouble
        return
    yield from (f"a bug is journalled: {bug}" for bug in after.bugs)
    yield from (f"the regency complains: {what}" for what in after.complaints)
    if after.integrity != "ok":
        yield f"the database is damaged: {after.integrity}"
    yield from _requests(promises, after)
    yield from _pins(promises, after)
    yield from _tickets(promises, after, power_was_gone)
    yield from _letters(promises, after)
    yield from _orders(promises, after)
    yield from _journal(after)


def _requests(promises: Promises, after: Aftermath) -> Iterator[str]:
    for number in promises.numbers - set(after.numbers):
        yield f"request {number} was called accepted and is lost"
    if len(after.numbers) > 1:
        yield f"one request became several: {after.numbers}"


def _pins(promises: Promises, after: Aftermath) -> Iterator[str]:
    """One more may be counted than was refused: it is counted before it is tried."""
    least = 0 if promises.forgiven else promises.wrong
    if not least <= after.tries <= promises.wrong + 1:
        yield f"{promises.wrong} wrong PINs were refused, {after.tries} are counted"


def _tickets(promises: Promises, after: Aftermath, power_was_gone: bool) -> Iterator[str]:
    tickets = [paper for paper in after.by_itself if paper.kind == "ticket"]
    if power_was_gone and tickets:
        yield "a ticket was printed again although its key was gone with the power"
    if len(tickets) + ("again" in promises.on_paper) > 1:
        yield "a ticket was printed again more than once"
    if "ticket" in promises.on_paper and not all(paper.is_marked for paper in tickets):
        yield "a ticket that may be on paper was printed again without SALINAN"
    if "ticket" in promises.on_paper and not (
        after.ticket_jobs and after.ticket_jobs[0] in _MAY_BE_ON_PAPER
    ):
        yield f"a ticket's first byte was sent, and its job is {after.ticket_jobs}"


_MAY_BE_ON_PAPER = ("UNKNOWN", "CONFIRMED", "UNCONFIRMED")


def _letters(promises: Promises, after: Aftermath) -> Iterator[str]:
    if any(paper.kind == "letter" for paper in after.by_itself):
        yield "a letter was printed by itself"
    asked = [paper for paper in after.asked_for if paper.kind == "letter"]
    if promises.numbers and len(asked) != 1:
        yield f"one letter was asked for, {len(asked)} were printed"
    if "letter" in promises.on_paper and not all(paper.is_marked for paper in asked):
        yield "a letter that may be on paper was printed again without its number"
    if after.collected != after.copies:
        yield f"{after.copies} copies are counted here, {after.collected} at the regency"
    least = len(asked) + promises.said_printed
    most = len(asked) + ("letter" in promises.on_paper)
    if not least <= after.collected <= most:
        yield f"{least} to {most} letters are on paper, {after.collected} were told as collected"


def _orders(promises: Promises, after: Aftermath) -> Iterator[str]:
    """Each is done once, or its end is unknown; a change for good is never unknown."""
    ended = dict(after.orders)
    if ended.get("config", "done") != "done":
        yield f"the order to change settings ended as {ended['config']}"
    if ("config" in ended) != bool(after.settings):
        yield f"the settings are {after.settings!r} after the orders {after.orders}"
    slips = [paper for paper in (*after.by_itself, *after.asked_for) if paper.kind == "service"]
    count = len(slips) + ("slip" in promises.on_paper)
    if count > 1 or (ended.get("status-slip") == "done" and count != 1):
        yield f"{count} slips were printed for the orders {after.orders}"
    if ended.get("status-slip", "done") not in ("done", "unknown"):
        yield f"the order of a slip ended as {ended['status-slip']}"


def _journal(after: Aftermath) -> Iterator[str]:
    """What was not synced may be gone or torn; what is written from the new start on is whole."""
    starts = [at for at, event in enumerate(after.events) if event and event["event"] == _STARTED]
    if not starts:
        yield "the journal does not tell that the kiosk started again"
    elif None in after.events[starts[-1] :]:
        yield "a line of the journal cannot be read although nothing tore it"


_STARTED = "controller.started"


def readable(image: Image, needles: dict[str, bytes]) -> Iterator[str]:
    """Personal data that lies open on the disk."""
    for path, content in image.items():
        for what, needle in needles.items():
            if needle in content:
                yield f"{what} can be read in {path.rpartition('/')[2]}"
