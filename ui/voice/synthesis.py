"""Words to samples by espeak-ng, and the clips that were made at install.

Words come to espeak-ng through a pipe, never as an argument that other programs can see, and
samples go back through another: nothing that is said leaves a trace on the disk.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from firmware.core.claim import ALPHABET
from ui.sounds import RATE

PROGRAM = "espeak-ng"
VOICES: Mapping[str, str] = {"id": "id", "jv": "id", "en": "en"}
"""Of espeak-ng, by language. It has none for Javanese: the Indonesian one reads its letters
nearly as they sound. The same for any language of the village that is not named here.
"""
_OTHER = "id"
_WORDS_A_MINUTE = 140
_PATIENCE_SECONDS = 10.0
_NUMBER = re.compile(
    rf"""
    (?P<code> (?<![\w-]) [{ALPHABET}]{{5}} - [{ALPHABET}]{{5}} (?![\w-]) )
    | (?P<date> (?<![\d.,/-]) \d{{1,2}} (?P<mark>[-/]) \d{{1,2}} (?P=mark) [\d_]{{4}} (?![\d/-]) )
    | (?P<rupiah> \b Rp \s? (?:\d{{1,3}} (?:\.\d{{3}})+ | [1-9]\d* | 0) (?:,\d\d)? (?![.,]?\d) )
    | (?P<thousands> (?<![\d.,]) [1-9]\d{{0,2}} (?:\.\d{{3}}){{1,2}} (?!\.?\d) )
    | (?P<time> (?<![\d.,:-]) (?:[01]\d|2[0-4]) (?:[.:][0-5]\d){{1,2}} (?![.:,]?\d) )
    | (?P<signs>
        (?<=\+) 62 (?:[ -]?\d{{2,5}}){{2,4}} \b  # a phone number abroad
        | \b 0\d{{2,3}} (?:[ ]\d{{4}} | -\d{{3,8}})+ (?:[ ]\d{{1,3}})? \b  # and at home
        | \b \d{{4}} (?:[ ]\d{{4}})+ (?:[ ]\d{{1,3}})? \b  # a NIK, in groups
        | \d{{5,}}
        | (?<!\d[.,]) (?: \b 0\d{{2,}} \b | (?<!\d-) \b 0\d \b )
      )
    """,
    re.VERBOSE,
)
"""What is not read as it is written. Amounts have points (PUEBI), dates hyphens; the points of
1.000.000.000 may be those of a network address and are left to espeak-ng.
"""
_UNSPEAKABLE = re.compile(r"[\x00-\x1f\[\]<>_|]+")


class CannotSynthesiseError(Exception):
    """espeak-ng is not there or failed; the text says which, and nothing of the words."""


@dataclass(frozen=True, slots=True)
class Style:
    """How words are spoken: words a minute, and espeak-ng's voice for each language."""

    speed: int = _WORDS_A_MINUTE
    voices: Mapping[str, str] = field(default_factory=lambda: dict(VOICES))

    def voice(self, language: str) -> str:
        """The voice for ``language``."""
        return self.voices.get(language, _OTHER)


def spoken(text: str) -> str:
    """``text`` as it shall be read: codes and the numbers of people, phones and letters sign by
    sign, amounts, dates and times as numbers, no sign that espeak-ng would take for an order.
    """
    text = _NUMBER.sub(_read_out, text)
    return " ".join(_UNSPEAKABLE.sub(" ", text).split())


def _read_out(found: re.Match[str]) -> str:
    written = found.group()
    match found.lastgroup:
        case "rupiah":
            return f"{_plain(written.removeprefix('Rp').strip())} rupiah"
        case "thousands":
            return _plain(written)
        case "date":
            parts = (part.lstrip("0_") for part in written.split(found["mark"]))
            is_before_time = found.string[found.end() :][:2].strip().isdecimal()
            return " ".join(parts) + ("," if is_before_time else "")
        case "time":
            return re.sub("[.:]", " ", written.removeprefix("0"))
    return _signs(re.sub("[ -]", "", written))


def _plain(number: str) -> str:
    """Without the points of its thousands, which not every voice knows."""
    return number.replace(".", "").removesuffix(",00")


def _signs(run: str) -> str:
    """In groups, as people tell numbers to one another."""
    groups = [run[at : at + 4] for at in range(0, len(run), 4)]
    return " " + ", ".join(" ".join(group) for group in groups) + " "


def clip_name(text: str, language: str, style: Style) -> str:
    """The file of a clip: by the words as they are said, voice and speed, so that a clip of an
    older way to read numbers is not used.
    """
    said = "\0".join((spoken(text), style.voice(language), str(style.speed)))
    return hashlib.sha256(said.encode()).hexdigest()[:32] + ".pcm"


class Synthesiser:
    """Samples of a phrase: a clip from ``clips`` where there is one, else made at once. Nothing
    is ever written by it.
    """

    def __init__(self, style: Style, clips: Path | None = None, program: str = PROGRAM) -> None:
        self._style = style
        self._clips = clips
        self._program = program

    def samples(self, text: str, language: str) -> array[int]:
        """At RATE, 16 bit, one channel. Raises CannotSynthesiseError."""
        if self._clips is not None:
            try:
                return _array((self._clips / clip_name(text, language, self._style)).read_bytes())
            except OSError:
                pass  # no clip of that: it is made
        return self.make(text, language)

    def make(self, text: str, language: str) -> array[int]:
        """Made anew. Raises CannotSynthesiseError."""
        words = spoken(text)
        if not any(char.isalnum() for char in words):
            return array("h")
        voice = self._style.voice(language)
        command = [self._program, "-v", voice, "-s", str(self._style.speed), "--stdin", "--stdout"]
        try:
            made = subprocess.run(  # noqa: S603 (no word of a visitor's is in the command)
                command,
                input=words.encode(),
                capture_output=True,
                timeout=_PATIENCE_SECONDS,
                check=False,
            )
        except OSError as error:
            raise CannotSynthesiseError(f"{self._program}: {error.strerror or error}") from None
        except subprocess.TimeoutExpired:
            raise CannotSynthesiseError(f"{self._program} does not answer") from None
        if made.returncode != 0:
            raise CannotSynthesiseError(f"{self._program} failed with {made.returncode}")
        return samples_of_wav(made.stdout)


def samples_of_wav(wav: bytes) -> array[int]:
    """The samples of a WAV that was written to a pipe: its own lengths are not true."""
    start = wav.find(b"data", 12)
    if wav[:4] != b"RIFF" or start < 0:
        raise CannotSynthesiseError(f"{PROGRAM} gave no WAV")
    if int.from_bytes(wav[24:28], "little") != RATE:
        raise CannotSynthesiseError(f"{PROGRAM} speaks at another rate than {RATE} Hz")
    return _array(wav[start + 8 :])


def _array(raw: bytes) -> array[int]:
    """WAV's samples are little-endian."""
    made = array("h")
    made.frombytes(raw[: len(raw) // 2 * 2])
    if sys.byteorder == "big":
        made.byteswap()
    return made


def write_clip(folder: Path, text: str, language: str, style: Style) -> None:
    """Make the clip of a fixed text; what is there already stays. Raises OSError and
    CannotSynthesiseError.
    """
    path = folder / clip_name(text, language, style)
    if path.exists():
        return
    made = Synthesiser(style).make(text, language)
    beside = path.with_suffix(f".{os.getpid()}")
    if sys.byteorder == "big":
        made.byteswap()
    beside.write_bytes(made.tobytes())
    beside.replace(path)
