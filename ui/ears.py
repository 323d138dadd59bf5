"""What a visitor may use beside eyes and fingers, by the command line of ``python -m ui``."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ui.keys import DEFAULT, PadKey, UnknownKeyError, mapping
from ui.voice.espeak import EspeakVoice
from ui.voice.protocols import Voice
from ui.voice.silence import NoVoice
from ui.voice.synthesis import Style, Synthesiser
from ui.voice.transcript import Transcript


@dataclass(frozen=True)
class Ears:
    """A voice, short sounds, and what the keys of a pad mean."""

    voice: Voice
    sounds: bool = True
    pad: Mapping[int, PadKey] = field(default_factory=lambda: mapping(DEFAULT))


DRIVERS = ("none", "espeak", "transcript")


def add_ear_options(parser: argparse.ArgumentParser) -> None:
    """Voice, sounds and the four keys."""
    group = parser.add_argument_group("voice and keys")
    group.add_argument("--voice", choices=DRIVERS, default="none", help="how words are spoken")
    group.add_argument("--voice-device", default="default", help="ALSA's name of the loudspeaker")
    group.add_argument("--headphone-device", default="", help="and of the headphone's output")
    group.add_argument("--voice-clips", type=Path, help="folder of `python -m ui.voice`")
    group.add_argument("--voice-speed", type=_speed, default=140, help="words a minute")
    group.add_argument("--transcript", type=Path, help="file or socket of --voice transcript")
    group.add_argument("--no-sounds", action="store_true", help="words only, no short sounds")
    group.add_argument(
        "--pad", type=_pad, default=DEFAULT, help=f"what the four keys send, {DEFAULT!r}"
    )


def parser_of() -> argparse.ArgumentParser:
    """A parser of these options alone."""
    parser = argparse.ArgumentParser(add_help=False)
    add_ear_options(parser)
    return parser


def ears_of(options: argparse.Namespace) -> Ears:
    """All of it, as chosen. Raises ValueError when options do not go together."""
    if options.voice == "transcript" and options.transcript is None:
        raise ValueError("--voice transcript needs --transcript PATH")
    return Ears(_voice_of(options), not options.no_sounds, options.pad)


def _voice_of(options: argparse.Namespace) -> Voice:
    if options.voice == "espeak":
        style = Style(options.voice_speed)
        synthesiser = Synthesiser(style, options.voice_clips)
        return EspeakVoice(synthesiser, options.voice_device, options.headphone_device)
    if options.voice == "transcript":
        return Transcript(options.transcript)
    return NoVoice()


def _pad(text: str) -> dict[int, PadKey]:
    try:
        return mapping(text)
    except UnknownKeyError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _speed(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 80 <= int(text) <= 400):
        raise argparse.ArgumentTypeError("80 to 400 words a minute")
    return int(text)
