"""The self-test tells the truth about a cabinet of memory drivers and of real virtual devices."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from gpiozero import Device  # type: ignore[import-untyped]
from PIL import Image

from hw.findings import Device as Part
from hw.findings import Finding, Health, of_inputs
from hw.protocols import (
    DoorOpened,
    InputsOffline,
    InputsOnline,
    Paper,
    PowerBack,
    PowerLost,
    PrinterOnline,
)
from hw.selftest import main, with_slip
from hw.virtual.ipp import VirtualPagePrinter
from hw.virtual.memory_printer import MemoryTicketPrinter
from hw.virtual.printer import VirtualPrinter
from hw.virtual.reader import VirtualReader
from hw.virtual.serial import VirtualSerialPrinter

MEMORY = {"card": 'driver = "memory"', "printer": 'driver = "memory"'}
UID = bytes.fromhex("04A1B2C3D4E5F6")
UNIT = "ANJUNGAN VIRTUAL-80, firmware 1.00, serial V0001"

Cabinet = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def config(tmp_path: Path) -> Callable[..., Path]:
    def write(**tables: str) -> Path:
        path = tmp_path / "kiosk.toml"
        text = "\n".join(f"[{name}]\n{keys}\n" for name, keys in (MEMORY | tables).items())
        path.write_text('[kiosk]\nid = "3510192001-1"\n' + text)
        return path

    return write


@pytest.fixture
def cabinet(config: Callable[..., Path], capsys: pytest.CaptureFixture[str]) -> Cabinet:
    """The exit code, and each device's entry in the JSON, for a kiosk of these tables."""

    def test(*options: str, **tables: str) -> tuple[int, dict[str, Any]]:
        code = main(["--config", str(config(**tables)), "--json", *options])
        report = json.loads(capsys.readouterr().out)
        return code, {entry["device"]: entry for entry in report["devices"]}

    return test


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[VirtualPrinter]:
    with VirtualPrinter(tmp_path / "paper") as machine:
        yield machine


def network(machine: VirtualPrinter) -> str:
    return f'driver = "escpos"\nhost = "127.0.0.1"\nport = {machine.port}'


def test_a_well_cabinet_is_five_lines_and_exit_code_0(
    config: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--config", str(config(page_printer='driver = "memory"'))]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line[:32].split() for line in lines] == [
        ["card", "reader", "well"],
        ["ticket", "printer", "well"],
        ["page", "printer", "well"],
        ["lamps", "well"],
        ["inputs", "well"],
    ]
    assert "memory reader" in lines[0]
    assert "none wanted" in lines[3]


def test_what_nobody_wants_is_not_missing(cabinet: Cabinet) -> None:
    code, found = cabinet(printer='driver = "none"')
    assert code == 0
    assert found["ticket printer"]["status"] == "none wanted"


# ---------------------------------------------------------------- the ticket printer


@pytest.mark.parametrize(
    ("condition", "code", "status", "advice"),
    [
        ({}, 0, "online, paper full", ""),
        ({"paper": "low"}, 1, "online, paper low", "new paper"),
        ({"paper": "out"}, 1, "blocked, paperOut, paper out", "Put paper in"),
        ({"cover": "open"}, 1, "blocked, coverOpen, paper full", "Close the printer's cover"),
        ({"mute": True}, 2, "offline", "switch it off and on"),
        ({"power": "off"}, 2, "offline", "check its power"),
    ],
)
def test_a_real_connection_tells_how_the_printer_is(
    cabinet: Cabinet,
    machine: VirtualPrinter,
    condition: dict[str, Any],
    code: int,
    status: str,
    advice: str,
) -> None:
    machine.control(condition)
    worst, found = cabinet(printer=network(machine))
    printer = found["ticket printer"]
    assert (worst, printer["status"]) == (code, status)
    assert advice in printer["advice"]
    assert bool(printer["advice"]) == bool(code)
    unit = f", {UNIT}" if status.startswith("online") else ""  # else it cannot be asked
    assert printer["name"] == f"127.0.0.1:{machine.port}{unit}"
    assert machine.slips == []


def test_a_slip_comes_out_only_when_it_is_asked_for(
    cabinet: Cabinet, machine: VirtualPrinter
) -> None:
    code, found = cabinet("--print", printer=network(machine))
    assert code == 0
    assert found["ticket printer"]["status"] == "online, paper full, slip printed"
    assert found["ticket printer"]["abilities"] == {"dots": 576, "confirms": "processId"}
    (slip,) = machine.slips
    with Image.open(slip) as paper:
        assert _black_across(paper) == 576


def test_a_slip_over_a_serial_line(cabinet: Cabinet, tmp_path: Path) -> None:
    with VirtualSerialPrinter(tmp_path / "serial") as machine:
        keys = f'driver = "escpos"\ntransport = "serial"\ndevice = "{machine.device}"'
        machine.control({"answers": "sensor"})
        code, found = cabinet("--print", printer=keys)
    printer = found["ticket printer"]
    assert (code, printer["name"]) == (0, f"{machine.device}, {UNIT}")
    assert printer["abilities"] == {"dots": 576, "confirms": "sensor"}
    assert len(machine.slips) == 1


def test_a_usb_printer_that_is_not_plugged_in_is_named(cabinet: Cabinet) -> None:
    keys = 'driver = "escpos"\ntransport = "usb"\nvendor = 0xFFFF\nproduct = 0x000A'
    code, found = cabinet(printer=keys)
    assert (code, found["ticket printer"]["name"]) == (2, "USB ffff:000a")


def _black_across(paper: Image.Image) -> int:
    """The widest row of ink: the scale's bar, if it is whole."""
    grey = paper.convert("L")
    rows = (grey.crop((0, row, grey.width, row + 1)) for row in range(grey.height))
    return max(row.histogram()[0] for row in rows)


def test_a_printer_that_cannot_say_so_is_not_said_to_have_printed() -> None:
    printer = MemoryTicketPrinter()
    printer.confirms = False
    found = with_slip(Finding(Part.TICKET_PRINTER, "memory", Health.WELL, "online"), printer)
    assert (found.health, found.status) == (Health.WELL, "online, slip sent")
    assert found.abilities["confirms"] == "no"
    assert "look for the slip" in found.advice


def test_a_slip_that_broke_off_without_a_cause_is_not_well() -> None:
    printer = MemoryTicketPrinter()
    printer.breaks_with = PrinterOnline(Paper.FULL)
    found = with_slip(Finding(Part.TICKET_PRINTER, "memory", Health.WELL, "online"), printer)
    assert (found.health, found.status) == (
        Health.NEEDS_PERSON,
        "online, paper full, slip broken off",
    )
    assert found.advice


def test_no_slip_is_begun_without_paper(cabinet: Cabinet, machine: VirtualPrinter) -> None:
    machine.control({"paper": "out"})
    code, found = cabinet("--print", printer=network(machine))
    assert code == 1
    assert found["ticket printer"]["status"] == "blocked, paperOut, paper out, slip not begun"


def test_paper_that_ends_in_the_slip_is_told(cabinet: Cabinet, machine: VirtualPrinter) -> None:
    machine.control({"paper_left_mm": 20})
    code, found = cabinet("--print", printer=network(machine))
    assert code == 1
    assert found["ticket printer"]["status"] == "blocked, paperOut, paper out, slip broken off"
    assert "Put paper in" in found["ticket printer"]["advice"]


# ---------------------------------------------------------------- the card reader


@pytest.fixture
def hands(virtual_reader: VirtualReader) -> VirtualReader:
    return virtual_reader


def test_a_real_reader_tells_its_name_and_reads_what_lies_on_it(
    cabinet: Cabinet, hands: VirtualReader
) -> None:
    code, found = cabinet(card='driver = "pcsc"')
    assert (code, found["card reader"]["status"]) == (0, "online")
    assert "Virtual PCD" in found["card reader"]["name"]
    hands.insert(UID)
    code, found = cabinet(card='driver = "pcsc"')
    hands.remove()
    abilities = found["card reader"]["abilities"]
    assert (code, abilities["card read as"], abilities["security module"]) == (0, "uid_tag", "none")
    assert UID.hex() not in json.dumps(found).lower()


def test_a_card_that_identifies_nobody_wants_a_person(
    cabinet: Cabinet, hands: VirtualReader
) -> None:
    hands.insert(b"\x08" + UID[:3])
    code, found = cabinet(card='driver = "pcsc"')
    hands.remove()
    assert (code, found["card reader"]["status"]) == (1, "online, card not read (randomUid)")


def test_a_missing_security_module_is_not_the_cards_fault(
    cabinet: Cabinet, hands: VirtualReader
) -> None:
    hands.insert(UID, kind="ektp")
    profile = 'profiles = ["ektp_sam"]\nektp_sam.authenticate = true'
    code, found = cabinet(card=f'driver = "pcsc"\n{profile}')
    hands.remove()
    assert (code, found["card reader"]["status"]) == (1, "online, card not read (noSam)")
    assert "security module" in found["card reader"]["advice"]


def test_a_reader_that_is_not_connected_is_not_there(
    cabinet: Cabinet, hands: VirtualReader
) -> None:
    code, found = cabinet(card='driver = "pcsc"\nreader = "ACR1252"')
    assert (code, found["card reader"]["status"]) == (2, "offline")
    assert "'ACR1252'" in found["card reader"]["advice"]


def test_a_dead_pcscd_is_told(cabinet: Cabinet, hands: VirtualReader) -> None:
    hands.kill_daemon()
    code, found = cabinet(card='driver = "pcsc"')
    hands.start_daemon()
    assert (code, found["card reader"]["status"]) == (2, "offline")
    assert "pcscd" in found["card reader"]["advice"]


# ---------------------------------------------------------------- sheets and lamps


def test_a_real_print_server_tells_of_its_machine(cabinet: Cabinet, tmp_path: Path) -> None:
    machine = VirtualPagePrinter(tmp_path / "ipp")
    machine.start()
    try:
        table = f'driver = "cups"\nserver = "{machine.server}"\nqueue = "{machine.queue}"'
        code, found = cabinet(page_printer=table)
        assert (code, found["page printer"]["health"]) == (0, "well")
        assert found["page printer"]["name"] == f"{machine.queue} at {machine.server}"
        assert found["page printer"]["abilities"] == {"Black Toner": "80 %"}
    finally:
        machine.stop()
    code, found = cabinet(page_printer=table)
    assert (code, found["page printer"]["status"]) == (2, "offline")
    assert "CUPS" in found["page printer"]["advice"]


@pytest.mark.parametrize(("factory", "code"), [("mock", 0), ("absent", 2)])
def test_pins_are_there_or_the_reason_is_told(
    cabinet: Cabinet, monkeypatch: pytest.MonkeyPatch, factory: str, code: int
) -> None:
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", factory)
    monkeypatch.setattr(Device, "pin_factory", None)
    worst, found = cabinet(indicator='driver = "gpio"\nred = 17\ngreen = 27\nblue = 22')
    assert worst == code
    assert ("GPIO" in found["lamps"]["advice"]) == bool(code)


def test_the_switches_inside_the_cabinet_tell_how_they_stand(cabinet: Cabinet) -> None:
    code, found = cabinet(inputs='driver = "virtual"\ncontrol = "pins.sock"')
    assert not (Path.cwd() / "pins.sock").exists(), "paths are relative to the file"
    assert (code, found["inputs"]["status"]) == (0, "online")
    assert found["inputs"]["abilities"] == {"door": "closed", "power": "mains"}


def test_a_cabinet_on_its_battery_wants_a_person() -> None:
    found = of_inputs("gpio", [InputsOnline(), PowerBack(), PowerLost()])
    assert (found.health, found.abilities) == (Health.NEEDS_PERSON, {"power": "battery"})


def test_switches_that_cannot_be_read_are_not_there() -> None:
    found = of_inputs("gpio", [InputsOnline(), DoorOpened(), InputsOffline("no pins")])
    assert (found.health, found.advice, found.abilities) == (Health.NOT_THERE, "no pins", {})
    assert of_inputs("gpio", []).status == "silent"


# ---------------------------------------------------------------- the file


@pytest.mark.parametrize(
    ("tables", "device", "why"),
    [
        ({"printer": 'driver = "escpos"\nhots = "x"'}, "ticket printer", "'hots'"),
        ({"card": 'driver = "pcscd"'}, "card reader", "did you mean 'pcsc'?"),
        ({"card": ""}, "card reader", "[card] driver = 'none'"),
    ],
)
def test_a_wrong_key_is_told_and_the_other_devices_are_tested(
    cabinet: Cabinet, tables: dict[str, str], device: str, why: str
) -> None:
    code, found = cabinet(**tables)
    assert (code, found[device]["status"]) == (1, "cannot be set up")
    assert why in found[device]["advice"]
    assert [entry["health"] for entry in found.values()].count("well") == 4


def test_an_entry_that_is_no_table_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "kiosk.toml"
    path.write_text('printer = 3\n[card]\ndriver = "memory"\n')
    assert main(["--config", str(path)]) == 1
    assert "not a table" in capsys.readouterr().out


@pytest.mark.parametrize("content", [None, "[card\n", b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | bytes | None
) -> None:
    path = tmp_path / "kiosk.toml"
    if content is not None:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    assert main(["--config", str(path)]) == 2
    assert str(path) in capsys.readouterr().err
