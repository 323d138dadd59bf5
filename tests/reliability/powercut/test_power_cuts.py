"""The power is cut at every step of a visit, and what was not synced is gone with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest

from tests.reliability.powercut.checks import is_question
from tests.reliability.powercut.cuts import VARIANTS, Finding, needles
from tests.reliability.powercut.disk import Disk
from tests.reliability.powercut.recording import Operation
from tests.reliability.powercut.survey import Survey, everywhere, whole

SOME = 20
SEED = 4


@pytest.fixture(scope="module")
def survey() -> Iterator[Survey]:
    survey = Survey()
    yield survey
    survey.close()


def nothing_is_broken(findings: Iterable[Finding]) -> int:
    """How many cuts there were."""
    count, broken = 0, []
    for finding in findings:
        count += 1
        broken += [f"{finding.cut}: {what}" for what in finding.broken]
    assert not broken, "\n".join(broken)
    return count


def test_the_log_tells_all_that_happened_to_the_disk(survey: Survey) -> None:
    disk = Disk({})
    for operation in survey.visit.operations:
        disk.take(operation)
    assert disk.written() == survey.visit.end
    assert {path.rpartition("/")[2] for path in disk.mapped} == {"kiosk.db-shm"}


def test_what_must_not_be_readable_was_really_there(survey: Survey) -> None:
    seen = b"".join(op.data for op in survey.visit.operations if op.path == "screen")
    there = [what for what, needle in needles(survey.visit).items() if needle in seen]
    assert set(there) >= {"the NIK", "the name", "an answer", "the purpose", "the claim code"}


def test_cut_around_every_sync(survey: Survey) -> None:
    """Before it nothing of it is durable, or only a part; after it all must be."""
    numbers = {op.number for op in survey.visit.operations if op.kind == "sync"}

    def around_a_sync(operation: Operation, variant: str) -> bool:
        if operation.number in numbers:
            return variant == "synced"
        return operation.number + 1 in numbers and variant == "torn"

    assert nothing_is_broken(survey.cut(around_a_sync)) > 50


def test_cut_after_the_last_word_before_each_sync(survey: Survey) -> None:
    """What citizen and regency were told must be true of what was synced by then. Between two
    syncs of one stage the last word is enough: nothing that was said is taken back there.
    """
    told = [op for op in survey.visit.operations if is_a_word(op) or op.kind in ("sync", "mark")]
    last = {a.number for a, b in pairwise(told) if is_a_word(a) and not is_a_word(b)}

    def wanted(operation: Operation, variant: str) -> bool:
        return operation.number in last and variant == "synced"

    assert nothing_is_broken(survey.cut(wanted)) > 15


def is_a_word(operation: Operation) -> bool:
    return operation.path in ("screen", "line", "printer")


def test_cut_anywhere(survey: Survey) -> None:
    points = [op.number for op in survey.visit.operations if everywhere(op, "")]
    random = Random(SEED)
    chosen = {(n, random.choice(VARIANTS)) for n in random.sample(points, SOME)}
    there = survey.cut(lambda operation, variant: (operation.number, variant) in chosen)
    assert nothing_is_broken(there) == SOME


def test_a_second_cut_while_the_ticket_is_printed_again(survey: Survey) -> None:
    half_a_ticket = next(cut for cut in survey.first_cuts() if cut.variant == "killed")
    again = survey.again(half_a_ticket)
    sent = [op for op in again.operations if op.path == "printer"]
    jobs = [op for op in sent if not is_question(op.data)]
    assert {op.stage for op in jobs} == {"started again"}

    def at_paper(operation: Operation, variant: str) -> bool:
        return operation.path == "printer" and variant == "killed"

    assert nothing_is_broken(survey.cut(at_paper, again)) > 5


def test_a_kiosk_that_does_not_sync_is_found_out(survey: Survey) -> None:
    """The survey itself: without the syncs of one stage a promise is broken."""
    sending = [op for op in survey.visit.operations if op.stage == "send and ticket"]
    told = next(op for op in sending if op.path == "screen" and b"claim_code" in op.data)
    lying = replace(
        survey.visit, operations=[op for op in survey.visit.operations if not _syncs(op)]
    )
    (finding,) = survey.cut(lambda op, variant: (op, variant) == (told, "synced"), lying)
    assert any("is lost" in what for what in finding.broken)


def _syncs(operation: Operation) -> bool:
    return operation.stage == "send and ticket" and operation.kind == "sync"


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_cut_everywhere(survey: Survey) -> None:
    assert nothing_is_broken(whole(survey)) > 2000
