"""The journal: nothing that the catalogue does not know, and never without end."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware import journal
from firmware.journal import Journal


def open_journal(folder: Path) -> Journal:
    return Journal(folder / "journal.jsonl", lambda: datetime.now(UTC))


def test_an_unknown_field_is_a_bug(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nik"):
        open_journal(tmp_path).write("pin.refused", nik="3510190101900001")


def test_the_journal_does_not_fill_the_card(tmp_path: Path) -> None:
    book = open_journal(tmp_path)
    line = "x" * 100_000
    for _ in range(3 * journal.MOST_BYTES // len(line)):
        book.write("controller.bug", error=line)
    sizes = [file.stat().st_size for file in tmp_path.iterdir()]
    assert len(sizes) == 2
    assert sum(sizes) < 2 * journal.MOST_BYTES + 2 * len(line)


def test_a_journal_goes_on_after_a_restart(tmp_path: Path) -> None:
    for _ in range(2):
        book = open_journal(tmp_path)
        book.write("controller.stopped")
        book.close()
    assert len((tmp_path / "journal.jsonl").read_text().splitlines()) == 2


def test_a_line_that_a_power_cut_tore_spoils_no_other(tmp_path: Path) -> None:
    (tmp_path / "journal.jsonl").write_text('{"at":"2026-11-24T08:00:00","eve')
    open_journal(tmp_path).write("controller.stopped")
    torn, whole = (tmp_path / "journal.jsonl").read_text().splitlines()
    assert json.loads(whole)["event"] == "controller.stopped"
    assert torn.endswith("eve")
