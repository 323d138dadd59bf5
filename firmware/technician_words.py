"""The self-test's findings in a technician's Indonesian. A finding's own words are English, for
the command; these are looked up by its condition.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from msgspec import structs

from firmware.core.notices import FAULTS
from firmware.core.view import DeviceId, DeviceLine, Say
from firmware.core.view import Health as Shown
from hw.findings import Condition, Device, Finding, Health
from hw.protocols import Fault

IDS: dict[Device, DeviceId] = {
    Device.READER: "reader",
    Device.TICKET_PRINTER: "ticketPrinter",
    Device.PAGE_PRINTER: "pagePrinter",
    Device.LAMPS: "lamps",
    Device.INPUTS: "inputs",
}
NAMES: dict[Device, Say] = {
    Device.READER: Say("Pembaca kartu"),
    Device.TICKET_PRINTER: Say("Pencetak tiket"),
    Device.PAGE_PRINTER: Say("Pencetak surat (F4)"),
    Device.LAMPS: Say("Lampu"),
    Device.INPUTS: Say("Pintu dan listrik"),
}
_HEALTH: dict[Health, Shown] = {
    Health.WELL: "well",
    Health.NEEDS_PERSON: "needsPerson",
    Health.NOT_THERE: "notThere",
}
_STATUS: dict[Condition, Say] = {
    Condition.WELL: Say("Siap."),
    Condition.NOT_WANTED: Say("Tidak dipasang."),
    Condition.NOT_SET_UP: Say("Pengaturannya salah."),
    Condition.SILENT: Say("Belum memberi kabar."),
    Condition.OFFLINE: Say("Tidak terhubung."),
    Condition.PAPER_LOW: Say("Siap, tetapi kertas hampir habis."),
    Condition.BLOCKED: Say("Perlu dibantu."),
    Condition.CARD_UNREADABLE: Say("Kartu tidak terbaca."),
    Condition.ON_BATTERY: Say("Listrik padam, memakai baterai."),
}
_SILENT = Say("Nyalakan ulang anjungan.")
_ADVICE: dict[tuple[Device, Condition], Say] = {
    (Device.READER, Condition.OFFLINE): Say("Periksa kabel USB pembaca kartu."),
    (Device.READER, Condition.SILENT): _SILENT,
    (Device.TICKET_PRINTER, Condition.OFFLINE): Say("Periksa listrik dan kabel pencetak."),
    (Device.TICKET_PRINTER, Condition.PAPER_LOW): Say("Siapkan gulungan kertas baru."),
    (Device.PAGE_PRINTER, Condition.OFFLINE): Say("Periksa listrik dan kabel pencetak."),
    (Device.PAGE_PRINTER, Condition.PAPER_LOW): Say("Siapkan kertas F4."),
    (Device.LAMPS, Condition.OFFLINE): Say("Periksa kabel lampu dan pin di kiosk.toml."),
    (Device.INPUTS, Condition.OFFLINE): Say("Periksa kabel sakelar dan pin di kiosk.toml."),
    (Device.INPUTS, Condition.SILENT): _SILENT,
    (Device.INPUTS, Condition.ON_BATTERY): Say("Periksa listrik kantor dan colokan anjungan."),
}
_FAULT_ADVICE: dict[Fault, Say] = {
    Fault.PAPER_OUT: Say("Pasang kertas baru, lalu tekan Kertas diganti."),
    Fault.PAPER_LOW: Say("Siapkan gulungan kertas baru."),
    Fault.PAPER_JAMMED: Say("Buka pencetak dan keluarkan kertas yang tersangkut."),
    Fault.COVER_OPEN: Say("Tutup rapat pencetak sampai berbunyi klik."),
    Fault.CUTTER: Say("Matikan pencetak, bersihkan pemotongnya, lalu nyalakan."),
    Fault.TOO_HOT: Say("Tunggu sampai dingin; pencetak lanjut sendiri."),
    Fault.MEDIA_SIZE: Say("Isi kertas F4 (215 × 330 mm)."),
    Fault.SUPPLY: Say("Ganti toner atau tinta."),
    Fault.HARDWARE: Say("Matikan lalu nyalakan. Bila tetap begitu, bawa untuk diperbaiki."),
}
_PAPER_LOW = Say("Kertas hampir habis.")
_PAGE_PAPER_OUT = Say("Isi kertas F4 (215 × 330 mm).")
_SWITCHES = {
    ("door", "open"): Say("pintu terbuka"),
    ("door", "closed"): Say("pintu tertutup"),
    ("power", "mains"): Say("listrik menyala"),
    ("power", "battery"): Say("memakai baterai"),
}
_ABILITIES = {
    "dots": Say("lebar {value} titik"),
    "confirms": Say("memastikan cetakan: {value}"),
    "security module": Say("modul SAM: {value}"),
    "feedback": Say("bunyi dan lampu pembaca: {value}"),
    "form": Say("bentuk: {value}"),
}
_VALUES: dict[str, Say] = {
    "none": Say("tidak ada"),
    "no": Say("tidak"),
    "yes": Say("ya"),
    "untried": Say("belum dicoba"),
    "processId": Say("ya"),
    "sensor": Say("ya, dari sensor"),
    "rgb": Say("satu lampu tiga warna"),
    "lamps": Say("tiga lampu"),
}
LONGEST_DETAIL = 160


def in_words(found: Finding) -> DeviceLine:
    """A finding as a technician reads it."""
    return DeviceLine(
        IDS[found.device],
        NAMES[found.device],
        _HEALTH[found.health],
        _status(found),
        _advice(found),
        _detail(found),
    )


def not_answered(device: Device) -> DeviceLine:
    """A device that was asked and has not answered yet."""
    return DeviceLine(IDS[device], NAMES[device], "asked", Say("Sedang ditanya…"))


def _status(found: Finding) -> Say:
    if found.fault is Fault.PAPER_LOW:
        return _PAPER_LOW
    if found.fault is not None:
        return FAULTS[found.fault]
    switches = [_SWITCHES[item] for item in found.abilities.items() if item in _SWITCHES]
    if switches and found.condition is Condition.WELL:
        return Say("Siap: {how}.", {"how": _listed(switches)})
    return _STATUS[found.condition]


def _listed(says: Sequence[Say]) -> Say:
    return reduce(lambda one, other: Say("{one}, {other}", {"one": one, "other": other}), says)


def _advice(found: Finding) -> Say | None:
    if found.device is Device.PAGE_PRINTER and found.fault is Fault.PAPER_OUT:
        return _PAGE_PAPER_OUT
    if found.fault is not None:
        return _FAULT_ADVICE[found.fault]
    return _ADVICE.get((found.device, found.condition))


def _detail(found: Finding) -> Say | str:
    """The device's own name and abilities; or what its driver says where it is not there."""
    if found.condition is Condition.OFFLINE:
        return _plain(found.advice)
    parts: list[Say | str] = [_plain(found.name)] if found.name else []
    parts += [_ability(key, str(value)) for key, value in found.abilities.items()]
    told = [part for part in parts if part]
    if not told:
        return ""
    return reduce(lambda one, other: Say("{one}; {other}", {"one": one, "other": other}), told)


def _ability(key: str, value: str) -> Say | str:
    """One that a technician can use, in words; of others nothing."""
    if key not in _ABILITIES:
        return ""
    words = {"value": _VALUES.get(value, _plain(value))}
    return structs.replace(_ABILITIES[key], params=words)


def _plain(told: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in told)[:LONGEST_DETAIL]
