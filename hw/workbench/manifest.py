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
    """The virtual ticket printer's control socket and the folder of its slips.

    ``cable`` is the control socket of the line to it (hw.virtual.line); empty: none to be cut.
    """

    control: str
    slips: str
    dots_per_mm: float = 8.0
    cable: str = ""


class PagePrinter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The virtual page printer's control socket (hw.virtual.ipp_control)."""

    control: str


class Pins(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The control socket of virtual lamps, door, service button and mains (hw.virtual.pins).

    The controller makes it when it starts: it is gone while the controller is.
    """

    control: str


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The control socket of the line between kiosk and broker (hw.virtual.line)."""

    control: str


class Program(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A program that can be killed and started."""

    id: str
    label: str


class Programs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The control socket of whoever keeps the programs, and which they are.

    It answers ``{"ask": "state"}`` with ``{"ok": true, "state": {id: whether it runs}}`` and obeys
    ``{"program": id, "run": true or false}``; a program that shall not run is killed.
    """

    control: str
    programs: tuple[Program, ...]


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
    page_printer: PagePrinter | None = None
    pins: Pins | None = None
    line: Line | None = None
    programs: Programs | None = None
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
        ("programs called", [program.id for program in _programs(manifest)]),
    ):
        twice = sorted({one for one in ids if ids.count(one) > 1})
        if twice:
            raise ManifestError(f"{path}: there are two {kind} {twice[0]!r}.")
    for command in manifest.commands:
        if not command.argv:
            raise ManifestError(f"{path}: the command {command.id!r} has nothing to run.")


def _programs(manifest: Manifest) -> tuple[Program, ...]:
    return manifest.programs.programs if manifest.programs is not None else ()


_PATHS = ("inspect", "control", "slips", "cable")


def _whole_paths(manifest: Manifest, folder: Path) -> Manifest:
    return msgspec.structs.replace(
        manifest,
        **{
            name: _with_whole_paths(device, folder)
            for name, device in msgspec.structs.asdict(manifest).items()
            if isinstance(device, msgspec.Struct)
        },
    )


def _with_whole_paths(device: msgspec.Struct, folder: Path) -> msgspec.Struct:
    """A path that is empty stays so: it stands for nothing."""
    paths = {name: getattr(device, name, "") for name in _PATHS}
    return msgspec.structs.replace(
        device, **{name: str(folder / path) for name, path in paths.items() if path}
    )
