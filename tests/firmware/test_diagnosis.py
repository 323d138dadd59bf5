"""What a technician photographs off the screen."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from firmware.core.view import Say
from firmware.diagnosis import CODE_CHARACTERS, EVENTS, diagnosis_of
from firmware.journal import Journal
from firmware.parts import Parts

AT = datetime(2026, 11, 24, 8, 15, 2, tzinfo=UTC)


def parts(folder: Path, events: int) -> Parts:
    journal = Journal(folder / "journal.jsonl", lambda: AT)
    for number in range(events):
        journal.write("settings.unusable", reason=f"number {number} " + "x" * 60)
    link = SimpleNamespace(host="broker.example", port=8883)
    found: Any = SimpleNamespace(
        journal=journal,
        kiosk=SimpleNamespace(id="3510192001-1"),
        sections=SimpleNamespace(link=link),
    )
    return cast(Parts, found)


def test_the_newest_events_come_first_and_none_is_lost(tmp_path: Path) -> None:
    _, codes = diagnosis_of(parts(tmp_path, 100))
    lines = [line for code in codes for line in code.splitlines()[1:]]
    assert len(lines) == EVENTS
    assert lines[0].startswith("08.15.02 settings.unusable reason=number 99 ")
    assert "number 60 " in lines[-1]
    for number, code in enumerate(codes, 1):
        assert code.startswith(f"3510192001-1 {number}/{len(codes)}\n")
        assert len(code) <= CODE_CHARACTERS + 40


def test_a_journal_of_nothing_is_one_code_with_a_name(tmp_path: Path) -> None:
    assert diagnosis_of(parts(tmp_path, 0))[1] == ("3510192001-1 1/1",)


def test_a_line_torn_by_a_power_cut_is_passed_over(tmp_path: Path) -> None:
    found = parts(tmp_path, 1)
    with (tmp_path / "journal.jsonl").open("ab") as file:
        file.write(b'{"at": "2026-11-2\n')
    found.journal.close()
    again = parts(tmp_path, 1)
    lines = diagnosis_of(again)[1][0].splitlines()[1:]
    assert len(lines) == 2


def test_the_server_is_named(tmp_path: Path) -> None:
    facts, _ = diagnosis_of(parts(tmp_path, 0))
    assert [fact.value for fact in facts][:2] == ["broker.example", "8883"]
    assert all(fact.label != "lo" for fact in facts)
    assert isinstance(facts[0].label, Say)
