"""A picture to printer bytes: ours beside python-escpos's own image path."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from escpos.printer import Dummy  # type: ignore[import-untyped]
from PIL import Image

from hw.printer.escpos import EscposEncoder
from hw.printer.raster import band_heights, raster_commands
from hw.protocols import Raster
from tests.bench import Goal, Measure, alternating, times_faster
from tests.bench._pictures import altered_dots, letter, noise, rows_of

WIDTH, HEIGHT = 576, 1200
FIFTY = Goal("ratio", at_least=50)
NO_DOT = Goal("value", at_most=0)
PROFILE = "TM-T20II"  # 576 dots wide; the default profile knows no width and says so each time


def measures() -> Iterator[Measure]:
    """Speed from the rows as we keep them, by the whole encoder, and from a Pillow picture."""
    text, chance = letter(WIDTH, HEIGHT), noise(WIDTH, HEIGHT)
    yield _bytes_of(
        "letter of text, 576×1200",
        text,
        note="from packed rows, as a signed letter arrives, against Dummy().image of the same "
        "Pillow picture of mode 1",
    )
    yield _bytes_of("chance dots, 576×1200", chance)
    yield _by_the_encoder(text)
    yield _from_pillow(text)
    yield _dots("letter of text", text, NO_DOT)
    yield _dots(
        "chance dots",
        chance,
        note=f"of {WIDTH * HEIGHT}; bytes that some printers would run as a real-time command have "
        f"a dot altered on purpose; ours comes in {len(list(band_heights(HEIGHT, WIDTH // 8)))} "
        "bands, python-escpos's in two",
    )


def ours(rows: bytes) -> bytes:
    return b"".join(raster_commands(rows, WIDTH))


def theirs(picture: Image.Image) -> bytes:
    printer: Any = Dummy(profile=PROFILE)
    printer.image(picture)
    output: bytes = printer.output
    return output


def _bytes_of(name: str, picture: Image.Image, note: str = "") -> Measure:
    rows = rows_of(picture)
    mine, other = alternating(lambda: ours(rows), lambda: theirs(picture))
    return times_faster(
        f"raster to bytes, {name}",
        mine * 1e3,
        other * 1e3,
        "ms",
        FIFTY,
        note,
    )


def _by_the_encoder(picture: Image.Image) -> Measure:
    encoder, slip = EscposEncoder(), (Raster(WIDTH, rows_of(picture)),)
    mine, other = alternating(lambda: encoder.encode(slip), lambda: theirs(picture))
    return times_faster("the same letter by our whole encoder", mine * 1e3, other * 1e3, "ms")


def _from_pillow(picture: Image.Image) -> Measure:
    mine, other = alternating(lambda: ours(rows_of(picture)), lambda: theirs(picture))
    return times_faster(
        "the same letter, packing a Pillow picture first",
        mine * 1e3,
        other * 1e3,
        "ms",
        note="not the kiosk's way, but the same start for both",
    )


def _dots(name: str, picture: Image.Image, goal: Goal | None = None, note: str = "") -> Measure:
    mine = altered_dots(ours(rows_of(picture)), picture)
    other = altered_dots(theirs(picture), picture)
    return Measure(f"dots that differ, {name}", mine, "", other, goal=goal, note=note)
