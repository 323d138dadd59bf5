"""Every voice keeps the same promises; espeak-ng and ALSA are the real ones, without a card."""

from __future__ import annotations

import json
import os
import queue
import random
import shutil
import socket
import time
import wave
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from firmware.core.claim import RANDOM_BITS, make_claim_code
from ui import sounds
from ui.ears import ears_of, parser_of
from ui.voice import synthesis
from ui.voice.__main__ import main as make_clips
from ui.voice.espeak import EspeakVoice
from ui.voice.player import at_volume
from ui.voice.protocols import CannotSpeak, CanSpeak, Earcon, Health, Speech, Voice
from ui.voice.silence import NoVoice
from ui.voice.synthesis import (
    CannotSynthesiseError,
    Style,
    Synthesiser,
    clip_name,
    spoken,
    write_clip,
)
from ui.voice.transcript import Transcript

PATIENCE_SECONDS = 60.0
HELLO = Speech(("Selamat datang", "Siti Aminah"), earcon="card")
LONG = Speech(("Tempelkan e-KTP Anda pada pembaca kartu. " * 20,))

pytestmark = pytest.mark.skipif(
    not (shutil.which("espeak-ng") and shutil.which("aplay")), reason="needs espeak-ng, alsa-utils"
)


@dataclass
class Bench:
    """A voice, and what it told of its health."""

    voice: Voice
    told: queue.SimpleQueue[Health]


def _espeak(device: str = "null", program: str = "espeak-ng") -> EspeakVoice:
    return EspeakVoice(Synthesiser(Style(), program=program), device)


MAKERS: dict[str, Callable[[Path], Voice]] = {
    "none": lambda _: NoVoice(),
    "transcript": lambda folder: Transcript(folder / "heard"),
    "espeak": lambda _: _espeak(),
}


@pytest.fixture(params=MAKERS)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    voice, told = MAKERS[request.param](tmp_path), queue.SimpleQueue[Health]()
    voice.watch(told.put)
    yield Bench(voice, told)
    voice.close()


def test_a_voice_that_works_complains_of_nothing(bench: Bench) -> None:
    bench.voice.say(HELLO)
    bench.voice.add(LONG)
    bench.voice.hush()
    bench.voice.say(Speech((), earcon="key"))
    bench.voice.close()
    assert bench.told.empty()


def test_a_voice_may_be_silenced_before_it_spoke(bench: Bench) -> None:
    bench.voice.hush()
    bench.voice.hush()
    bench.voice.close()


def test_what_is_said_is_not_in_a_repr() -> None:
    assert "Siti" not in repr(HELLO)


# ---------------------------------------------------------------- the transcript


def test_the_transcript_tells_what_would_be_heard(tmp_path: Path) -> None:
    voice = Transcript(tmp_path / "heard")
    voice.say(HELLO)
    voice.add(Speech(("Kartu terbaca",), "jv", 5, private=True))
    voice.hush()
    voice.close()
    said, added, hushed = map(json.loads, (tmp_path / "heard").read_text().splitlines())
    assert said["words"] == ["Selamat datang", "Siti Aminah"]
    assert (said["earcon"], said["private"], said["after"]) == ("card", False, False)
    assert (added["language"], added["volume"], added["after"]) == ("jv", 5, True)
    assert hushed == {"hush": True}
    assert (tmp_path / "heard").stat().st_mode & 0o077 == 0


def test_the_transcript_goes_to_whoever_listens(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(tmp_path / "ear.sock"))
        listener.listen()
        voice = Transcript(tmp_path / "ear.sock")
        voice.say(HELLO)
        ear, _ = listener.accept()
        with ear, ear.makefile() as lines:
            assert json.loads(lines.readline())["words"][1] == "Siti Aminah"
            voice.close()
            assert lines.readline() == ""


def test_a_transcript_that_cannot_be_written_is_a_trouble_not_a_crash(tmp_path: Path) -> None:
    told: list[Health] = []
    voice = Transcript(tmp_path / "nowhere" / "heard")
    voice.watch(told.append)
    voice.say(HELLO)
    voice.say(HELLO)
    assert len(told) == 1
    assert isinstance(told[0], CannotSpeak)
    (tmp_path / "nowhere").mkdir()
    voice.say(HELLO)
    assert told[1:] == [CanSpeak()]
    voice.close()


# ---------------------------------------------------------------- espeak-ng and aplay


def test_words_become_sound(tmp_path: Path) -> None:
    out = tmp_path / "out.wav"
    voice = _espeak(f"file:FILE={out},FORMAT=wav")
    voice.say(Speech(("Tiket sudah dicetak", "Siti Aminah"), volume=5))
    assert voice.wait_until_quiet(PATIENCE_SECONDS)
    voice.close()
    with wave.open(str(out)) as heard:
        assert heard.getframerate() == sounds.RATE
        samples = array("h", heard.readframes(heard.getnframes()))
    assert len(samples) > sounds.RATE
    assert max(samples) > 3000


@pytest.mark.parametrize("language", ["id", "jv", "en", "mad"])
def test_every_language_has_a_voice(language: str) -> None:
    assert len(Synthesiser(Style()).make("satu dua tiga", language)) > sounds.RATE / 4


def test_without_a_sound_card_a_technician_is_told_and_nothing_breaks() -> None:
    told: queue.SimpleQueue[Health] = queue.SimpleQueue()
    voice = _espeak("no-such-card")
    voice.watch(told.put)
    voice.say(HELLO)
    health = told.get(timeout=PATIENCE_SECONDS)
    assert isinstance(health, CannotSpeak)
    assert "audio open error" in health.reason
    assert "Siti" not in health.reason
    voice.say(HELLO)
    assert voice.wait_until_quiet(PATIENCE_SECONDS)
    voice.close()
    assert told.empty(), "it is told once"


def test_without_espeak_a_technician_is_told() -> None:
    told: queue.SimpleQueue[Health] = queue.SimpleQueue()
    voice = _espeak(program="no-such-espeak")
    voice.watch(told.put)
    voice.say(HELLO)
    assert told.get(timeout=PATIENCE_SECONDS) == CannotSpeak(
        "no-such-espeak: No such file or directory"
    )
    voice.close()


class _Broken(Synthesiser):
    """Fails as nobody foresaw, in the middle of what is said, while the player runs."""

    def __init__(self, pids: Path) -> None:
        super().__init__(Style())
        self._pids = pids

    def samples(self, text: str, language: str) -> array[int]:
        if text == "Siti Aminah":
            until = time.monotonic() + PATIENCE_SECONDS
            while not self._pids.exists() and time.monotonic() < until:
                time.sleep(0.01)
            raise ValueError(text)
        return super().samples(text, language)


def test_whatever_fails_within_a_sentence_no_player_stays_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    pids = tmp_path / "pids"
    player = tmp_path / "aplay"
    player.write_text(
        f"#!/bin/sh\necho $$ > {pids}.new && mv {pids}.new {pids}\n"
        f'exec {shutil.which("aplay")} "$@"\n'
    )
    player.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    told: queue.SimpleQueue[Health] = queue.SimpleQueue()
    voice = EspeakVoice(_Broken(pids), "null")
    voice.watch(told.put)
    voice.say(HELLO)
    assert told.get(timeout=PATIENCE_SECONDS) == CannotSpeak("the voice failed: ValueError")
    voice.close()
    assert "Siti" not in caplog.text
    began = pids.read_text().split()
    assert len(began) == 1
    assert not Path("/proc", began[0]).exists()


def test_the_next_page_silences_this_one_at_once(tmp_path: Path) -> None:
    """The card takes nothing: only a voice that is cut off ends."""
    stuck = tmp_path / "stuck"
    os.mkfifo(stuck)
    reader = os.open(stuck, os.O_RDONLY | os.O_NONBLOCK)
    voice = _espeak(f"file:FILE={stuck},FORMAT=raw")
    voice.say(LONG)
    voice.hush()
    assert voice.wait_until_quiet(PATIENCE_SECONDS)
    voice.say(LONG)
    voice.close()
    os.close(reader)


def test_a_clip_of_a_fixed_sentence_is_used_and_nothing_else_is_kept(tmp_path: Path) -> None:
    write_clip(tmp_path, "Lanjut", "id", Style())
    (clip,) = tmp_path.iterdir()
    clip.write_bytes(array("h", [7, 7, 7]).tobytes())
    synthesiser = Synthesiser(Style(), tmp_path)
    assert list(synthesiser.samples("Lanjut", "id")) == [7, 7, 7]
    assert len(synthesiser.samples("Lanjut", "en")) > 1000
    assert len(synthesiser.samples("Siti Aminah", "id")) > 1000
    assert list(tmp_path.iterdir()) == [clip]


def test_clips_differ_by_words_voice_and_speed() -> None:
    names = {
        clip_name(text, language, Style(speed))
        for text in ("Ya", "Tidak")
        for language in ("id", "en")
        for speed in (140, 180)
    }
    assert len(names) == 8
    assert clip_name("Ya", "jv", Style()) == clip_name("Ya", "id", Style())


def test_a_clip_made_when_numbers_were_read_otherwise_is_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "Misalnya 17-08-2026"
    now = clip_name(text, "id", Style())
    monkeypatch.setattr(synthesis, "spoken", lambda text: text.replace("08", "0 8"))
    assert clip_name(text, "id", Style()) != now


def test_a_failing_espeak_is_told_without_the_words() -> None:
    with pytest.raises(CannotSynthesiseError) as caught:
        Synthesiser(Style(), program="false").make("Siti Aminah", "id")
    assert "Siti" not in str(caught.value)


def test_numbers_and_codes_are_read_sign_by_sign() -> None:
    assert spoken("NIK: 3510195708850003") == "NIK: 3 5 1 0, 1 9 5 7, 0 8 8 5, 0 0 0 3"
    assert spoken("7KQ4M-Z9TXB") == "7 K Q 4, M Z 9 T, X B"
    assert spoken("RT: 003") == "RT: 0 0 3"
    assert spoken("2 dari 4") == "2 dari 4"
    assert spoken("2026.") == "2026."


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Rp1.500.000", "1500000 rupiah"),
        ("Biayanya Rp 25.000.", "Biayanya 25000 rupiah."),
        ("Rp500", "500 rupiah"),
        ("Rp1500000", "1500000 rupiah"),
        ("Rp1.500.000.000,00", "1500000000 rupiah"),
        ("Rp1.500,50", "1500,50 rupiah"),
        ("1.500.000 jiwa", "1500000 jiwa"),
        ("1.000.000.000 jiwa", "1.000.000.000 jiwa"),
    ],
)
def test_an_amount_is_read_as_an_amount(written: str, said: str) -> None:
    assert spoken(written) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("pukul 08.15", "pukul 8 15"),
        ("pukul 08:05", "pukul 8 05"),
        ("08.15.02 print.job", "8 15 02 print.job"),
        ("17-08-2026", "17 8 2026"),
        ("01/02/2026", "1 2 2026"),
        ("2026-08-17", "2026-08-17"),
        ("17-08-____", "17 8"),
        ("24-11-2026 09.41", "24 11 2026, 9 41"),
        ("3,05", "3,05"),
        ("192.168.100.50:9100", "192.168.100.50:9100"),
    ],
)
def test_dates_and_times_are_read_as_numbers(written: str, said: str) -> None:
    assert spoken(written) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("081234567890", "0 8 1 2, 3 4 5 6, 7 8 9 0"),
        ("0812 3456 7890", "0 8 1 2, 3 4 5 6, 7 8 9 0"),
        ("0812-3456-7890", "0 8 1 2, 3 4 5 6, 7 8 9 0"),
        ("+62 812-3456-7890", "+ 6 2 8 1, 2 3 4 5, 6 7 8 9, 0"),
        ("3510 1957 0885 0003", "3 5 1 0, 1 9 5 7, 0 8 8 5, 0 0 0 3"),
        ("503/0012/3510192001/XI/2026", "503/ 0 0 1 2 / 3 5 1 0, 1 9 2 0, 0 1 /XI/2026"),
        ("RT 003/RW 005", "RT 0 0 3 /RW 0 0 5"),
    ],
)
def test_numbers_of_people_and_letters_stay_sign_by_sign(written: str, said: str) -> None:
    assert spoken(written) == said


@pytest.mark.parametrize("first", ["ABCDE", "12345", "A1B2C", "7KQ4M", "KQZMT"])
def test_a_claim_code_is_spelled_whatever_its_letters(first: str) -> None:
    said = " ".join(first[:4]) + f", {first[4]} Z 9 T, X B"
    assert spoken(f"Kode: {first}-Z9TXB.") == f"Kode: {said} ."


def test_every_claim_code_is_spelled() -> None:
    picker = random.Random(7)
    for _ in range(300):
        code = make_claim_code(picker.getrandbits(RANDOM_BITS))
        said = spoken(f"{code[:5]}-{code[5:]}")
        assert said.replace(",", "").split() == list(code)


def test_nothing_written_is_an_order_to_espeak() -> None:
    assert spoken("[[h@l'oU]] <speak>\x00satu\n") == "h@l'oU speak satu"
    assert len(Synthesiser(Style()).make("…", "id")) == 0


@pytest.mark.parametrize("earcon", ["key", "card", "done", "error"])
def test_a_short_sound_is_short_and_clicks_nowhere(earcon: Earcon) -> None:
    made = sounds.samples(earcon)
    assert 0.02 * sounds.RATE < len(made) < 0.7 * sounds.RATE
    assert max(made) < 32767
    assert abs(made[0]) < 500
    assert abs(made[-1]) < 500


def test_each_step_of_volume_is_louder() -> None:
    peaks = [max(at_volume(sounds.samples("done"), volume)) for volume in range(1, 6)]
    assert peaks == sorted(set(peaks))
    assert at_volume(sounds.samples("done"), 99) == sounds.samples("done")


# ---------------------------------------------------------------- choosing


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        ([], NoVoice),
        (["--voice", "espeak", "--voice-device", "null"], EspeakVoice),
        (["--voice", "transcript", "--transcript", "nowhere/heard"], Transcript),
    ],
)
def test_the_voice_is_chosen_by_an_option(arguments: list[str], kind: type) -> None:
    ears = ears_of(parser_of().parse_args(arguments))
    assert isinstance(ears.voice, kind)
    ears.voice.close()


@pytest.mark.parametrize(
    "arguments",
    [["--pad", "previous=left"], ["--pad", "pick=a"], ["--voice-speed", "9"], ["--voice", "tape"]],
)
def test_odd_options_are_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit):
        ears_of(parser_of().parse_args(arguments))


def test_a_transcript_needs_a_place() -> None:
    with pytest.raises(ValueError, match="--transcript"):
        ears_of(parser_of().parse_args(["--voice", "transcript"]))


@pytest.mark.long
def test_all_fixed_sentences_get_their_clips(tmp_path: Path) -> None:
    assert make_clips(["--out", str(tmp_path)]) == 0
    assert (tmp_path / clip_name("Lanjut", "id", Style())).stat().st_size > 1000
