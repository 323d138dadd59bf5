"""The key of tickets: it outlives the program, and no stop leaves half of one."""

from __future__ import annotations

from pathlib import Path

import pytest

from firmware.core.ticket import Ticket
from firmware.print_key import PrintKey

TICKET = Ticket("Desa Contoh", "Biodata", "3510192001-1-00001", "7K2M9QXW4D", "kini", "alamat")


def test_a_ticket_can_be_printed_again_after_the_program_was_killed(tmp_path: Path) -> None:
    closed = PrintKey(tmp_path / "run" / "print.key").close(TICKET)
    assert PrintKey(tmp_path / "run" / "print.key").open(closed) == TICKET


def test_after_a_power_cut_nobody_can(tmp_path: Path) -> None:
    closed = PrintKey(tmp_path / "print.key").close(TICKET)
    (tmp_path / "print.key").unlink()
    assert PrintKey(tmp_path / "print.key").open(closed) is None


@pytest.mark.parametrize("written", [0, 7])
def test_a_kiosk_killed_while_it_made_its_key_starts_again(tmp_path: Path, written: int) -> None:
    (tmp_path / "print.key").write_bytes(bytes(written))
    key = PrintKey(tmp_path / "print.key")
    assert key.open(key.close(TICKET)) == TICKET


def test_the_key_is_nobody_elses_to_read(tmp_path: Path) -> None:
    PrintKey(tmp_path / "print.key")
    assert [file.stat().st_mode & 0o777 for file in tmp_path.iterdir()] == [0o600]
