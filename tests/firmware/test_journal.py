"""The journal: nothing that the catalogue does not know, and never without end."""

from __future__ import annotations

import json
import os
import resource
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


def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "MOST_BYTES", 10)
    monkeypatch.setattr(journal, "TRY_AGAIN_BYTES", 10, raising=False)


def events_in(file: Path) -> list[str]:
    return [json.loads(line)["event"] for line in file.read_text().splitlines()]


def test_a_page_that_cannot_be_put_aside_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_pages(monkeypatch)
    book = open_journal(tmp_path)
    book.write("screen.connected")
    aside = tmp_path / "journal.jsonl.1"
    aside.mkdir()
    book.write("screen.connected")
    other = os.open(tmp_path / "kiosk.db", os.O_RDWR | os.O_CREAT)  # takes a number that is free
    book.write("screen.connected")
    assert os.fstat(other).st_size == 0
    aside.rmdir()
    book.write("controller.stopped")
    assert events_in(aside) == ["screen.connected"] * 3
    assert events_in(tmp_path / "journal.jsonl") == ["controller.stopped"]


def test_a_page_after_which_no_other_can_be_had_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_pages(monkeypatch)
    book = open_journal(tmp_path)
    book.write("screen.connected")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        book.write("screen.connected")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    other = os.open(tmp_path / "kiosk.db", os.O_RDWR | os.O_CREAT)
    book.write("controller.stopped")
    assert os.fstat(other).st_size == 0
    assert events_in(tmp_path / "journal.jsonl.1") == ["screen.connected"] * 2
    assert events_in(tmp_path / "journal.jsonl") == ["controller.stopped"]


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
