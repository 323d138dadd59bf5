"""Speaks by espeak-ng and aplay, on a thread of its own."""

from __future__ import annotations

import logging
import threading
from array import array
from collections import deque
from collections.abc import Callable

from ui import sounds
from ui.voice.player import CannotPlayError, Playing, at_volume
from ui.voice.protocols import CannotSpeak, CanSpeak, Health, Speech
from ui.voice.synthesis import CannotSynthesiseError, Synthesiser

_log = logging.getLogger(__name__)

_PAUSE = array("h", [0] * round(0.18 * sounds.RATE))
"""Between two phrases."""
_LONGEST_QUEUE = 8
_UNTIL_ENDED = 3.0


class EspeakVoice:
    """``device`` and ``headphone`` are ALSA's names of the two outputs."""

    def __init__(
        self, synthesiser: Synthesiser, device: str = "default", headphone: str = ""
    ) -> None:
        self._synthesiser = synthesiser
        self._device, self._headphone = device, headphone or device
        self._changed = threading.Condition()
        self._waiting: deque[Speech] = deque(maxlen=_LONGEST_QUEUE)
        self._turn = 0
        self._playing: Playing | None = None
        self._closed = False
        self._health: Health = CanSpeak()
        self._report: Callable[[Health], None] = lambda _: None
        self._thread = threading.Thread(target=self._run, name="voice", daemon=True)
        self._thread.start()

    def say(self, speech: Speech) -> None:
        """See ``Voice``."""
        with self._changed:
            self._silence()
            self._waiting.append(speech)
            self._changed.notify_all()

    def add(self, speech: Speech) -> None:
        """See ``Voice``."""
        with self._changed:
            self._waiting.append(speech)
            self._changed.notify_all()

    def hush(self) -> None:
        """See ``Voice``."""
        with self._changed:
            self._silence()

    def watch(self, report: Callable[[Health], None]) -> None:
        """See ``Voice``."""
        with self._changed:
            self._report = report
            health = self._health
        if health != CanSpeak():
            report(health)

    def close(self) -> None:
        """See ``Voice``."""
        with self._changed:
            self._silence()
            self._closed = True
            self._changed.notify_all()
        self._thread.join(_UNTIL_ENDED)

    def wait_until_quiet(self, seconds: float) -> bool:
        """Whether all is said within ``seconds``; for benches."""
        with self._changed:
            return self._changed.wait_for(
                lambda: not self._waiting and self._playing is None, seconds
            )

    def _silence(self) -> None:
        self._turn += 1
        self._waiting.clear()
        if self._playing is not None:
            self._playing.stop()

    # ------------------------------------------------------------ inside the thread

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closed)
                if self._closed:
                    return
                speech, turn = self._waiting.popleft(), self._turn
            self._is(self._try(speech, turn))

    def _try(self, speech: Speech, turn: int) -> Health:
        try:
            self._speak(speech, turn)
        except (CannotPlayError, CannotSynthesiseError) as error:
            return CannotSpeak(str(error))
        except Exception as error:  # noqa: BLE001 (the thread's rim: what is said must not be in the log)
            _log.error("the voice failed: %s", type(error).__name__)
            return CannotSpeak(f"the voice failed: {type(error).__name__}")
        finally:
            with self._changed:
                self._playing = None
                self._changed.notify_all()
        return CanSpeak()

    def _speak(self, speech: Speech, turn: int) -> None:
        playing = self._begin(speech, turn)
        if playing is None:
            return
        try:
            if speech.earcon:
                self._feed(playing, sounds.samples(speech.earcon), speech, turn)
            for phrase in speech.phrases:
                samples = self._synthesiser.samples(phrase, speech.language)
                if not self._feed(playing, samples + _PAUSE, speech, turn):
                    break
            playing.end()
        except BaseException:  # whatever it was: no player stays behind
            playing.stop()
            playing.end()
            raise

    def _begin(self, speech: Speech, turn: int) -> Playing | None:
        with self._changed:
            if turn != self._turn:
                return None
            device = self._headphone if speech.private else self._device
            self._playing = Playing(device)
            return self._playing

    def _feed(self, playing: Playing, samples: array[int], speech: Speech, turn: int) -> bool:
        if turn != self._turn:
            return False
        return playing.feed(at_volume(samples, speech.volume))

    def _is(self, health: Health) -> None:
        with self._changed:
            before, self._health = self._health, health
            report = self._report
        if before != health:
            report(health)
