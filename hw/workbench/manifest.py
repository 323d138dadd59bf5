"""What stands on the workbench: where the doors of its devices are, which cards there are.

A JSON file written by whoever started the devices. Every device may be left out; the page then
shows the others. Relative paths count from the manifest's folder.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

COMMAND_SECONDS = 120.0


class ManifestError(Exception):
    """The manifest cannot be used; the text is one sentence that says why."""


class Screen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The screen. ``display`` is the X display on which touches land; empty: look only.

    ``dpi`` is the panel's density, so that it can be shown to scale.
    """

    inspect: str
    display: str = ""
    width: int = 1280
    height: int = 800
    dpi: float = 149.0


class Reader(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The virtual card reader's control socket."""

    control: str


class Printer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The virtual ticket printer's control socket and the folder of its slips."""

    control: str
    slips: str
    dots_per_mm: float = 8.0


class Pins(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The control socket of virtual lamps, door, service button and mains (hw.virtual.pins).

    The controller makes it when it starts: it is gone while the controller is.
    """

    control: str


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A card of somebody fictional. ``uid`` is hex; ``note`` is shown below the label."""

    uid: str
    label: str
    note: str = ""


class Command(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that only whoever runs the cabinet can do, such as a power cut.

    ``argv`` is run without a shell; the workbench shows whether it ended with 0.
    """

    id: str
    label: str
    argv: tuple[str, ...]


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of it."""

    title: str
    screen: Screen | None = None
    reader: Reader | None = None
    printer: Printer | None = None
    pins: Pins | None = None
    cards: tuple[Card, ...] = ()
    commands: tuple[Command, ...] = ()


def load_manifest(path: Path) -> Manifest:
    """Read and check ``path``; raises ManifestError."""
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except OSError as error:
        raise ManifestError(f"{path} cannot be read: {error.strerror}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ManifestError(f"{path} is no manifest of a workbench: {error}.") from error
    _check(manifest, path)
    return _whole_paths(manifest, path.resolve().parent)


def _check(manifest: Manifest, path: Path) -> None:
    for card in manifest.cards:
        try:
            bytes.fromhex(card.uid)
        except ValueError as error:
            raise ManifestError(
                f"{path}: the uid of {card.label!r} is not hexadecimal: {card.uid!r}."
            ) from error
    for kind, ids in (
        ("cards with the uid", [card.uid for card in manifest.cards]),
        ("commands called", [command.id for command in manifest.commands]),
    ):
        twice = sorted({one for one in ids if ids.count(one) > 1})
        if twice:
            raise ManifestError(f"{path}: there are two {kind} {twice[0]!r}.")
    for command in manifest.commands:
        if not command.argv:
            raise ManifestError(f"{path}: the command {command.id!r} has nothing to run.")


def _whole_paths(manifest: Manifest, folder: Path) -> Manifest:
    screen, reader, printer = manifest.screen, manifest.reader, manifest.printer
    if screen is not None:
        screen = msgspec.structs.replace(screen, inspect=str(folder / screen.inspect))
    if reader is not None:
        reader = msgspec.structs.replace(reader, control=str(folder / reader.control))
    if printer is not None:
        control, slips = str(folder / printer.control), str(folder / printer.slips)
        printer = msgspec.structs.replace(printer, control=control, slips=slips)
    pins = manifest.pins
    if pins is not None:
        pins = msgspec.structs.replace(pins, control=str(folder / pins.control))
    return msgspec.structs.replace(
        manifest, screen=screen, reader=reader, printer=printer, pins=pins
    )
