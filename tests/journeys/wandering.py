"""Somebody who touches whatever is there, lays card after card on the reader, and cuts cables;
and what must be true of the screen all the while. The same seed wishes for the same; how far the
kiosk is at each touch is the machine's affair.
"""

from __future__ import annotations

import json
import random
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from firmware.core import view
from firmware.core.claim import show_claim_code
from firmware.core.view import Preferences, ViewState
from provisioning import evidence
from provisioning.cabinet import PASSPHRASE, Cabinet
from provisioning.tell import tell
from tests.journeys.standing import CARD_SOCKET
from tests.journeys.touching import Finger
from tests.reliability.resting import Desk

NOBODY_IS_HERE = (
    view.Attract,
    view.Goodbye,
    view.OutOfService,
    view.Identify,
    view.TechnicianScreen,
    view.DiagnosisScreen,
)
"""On these nothing of any visitor may stand, and what was a visit is over."""
_ENROLLED_PIN, _CHANGED_PIN = "735028", "902716"
_ODD_LETTERS = "qxzvkjwf"
_TRAIL = 60
_PATIENCE_SECONDS = 60.0


@dataclass(repr=False)
class Person:
    """Whoever has a card; ``pins`` it may have by now, the likeliest first."""

    name: str
    uid: bytes
    pins: list[str]
    needles: tuple[str, ...] = ()
    is_officer: bool = False


@dataclass(repr=False)
class Leftovers:
    """Follows the views, and knows whose data may be shown now."""

    people: list[Person]
    owners: set[str] = field(default_factory=set)
    niks: tuple[str, ...] = ()
    visit: int = 0
    typed: dict[str, set[int]] = field(default_factory=dict)
    visits: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    before: view.Screen | None = None

    def see(self, state: ViewState) -> None:
        """Another view came. Raises AssertionError for what is left in it."""
        screen, before = state.screen, self.before
        self.before = screen
        self.kinds[type(screen).__name__] += 1
        if isinstance(screen, NOBODY_IS_HERE):
            self._nobody(state, before)
        elif isinstance(before, NOBODY_IS_HERE):
            self.visit += 1
        elif isinstance(screen, view.Wait) and "kartu sedang dibaca" in str(screen.message):
            self._nobody(state, None)
        if isinstance(screen, view.Home):
            self.owners = {screen.name, screen.helper}
        elif isinstance(screen, view.OfficerScreen):
            self.owners = {screen.name, "officer"}
        elif isinstance(screen, view.Ticket):
            self.note(screen.claim_code)
        self.look(msgspec.json.encode(state).decode())

    def _nobody(self, state: ViewState, before: object) -> None:
        self.visit += 1
        self.owners = set()
        if isinstance(before, view.Goodbye) and isinstance(state.screen, view.Attract):
            assert state.preferences == Preferences(), state.preferences
            assert not state.adjusting

    def note(self, text: str) -> None:
        """This belongs to the visit that is now, as it is or in two groups."""
        for shown in (text, show_claim_code(text)):
            self.typed.setdefault(shown.lower(), set()).add(self.visit)

    def look(self, shown: str) -> None:
        """Raises AssertionError for what is left of somebody in ``shown``."""
        for person in self.people:
            if person.name not in self.owners:
                self._refuse(shown, self._forbidden(person), person.name)
        if not self.owners:
            self._refuse(shown, self.niks, "somebody enrolled")
        old = [text for text, visits in self.typed.items() if self.visit not in visits]
        self._refuse(shown.lower(), tuple(old), "a former visit")

    def _forbidden(self, person: Person) -> tuple[str, ...]:
        """An officer types NIKs, and sees those of the enrolments made here."""
        types_niks = "officer" in self.owners
        return tuple(one for one in person.needles if not (types_niks and one in self.niks))

    @staticmethod
    def _refuse(shown: str, needles: tuple[str, ...], whose: str) -> None:
        left = [needle for needle in needles if needle in shown]
        assert not left, f"{left} of {whose} is on the screen"


class Wanderer:
    """Goes on for so many touches. ``done`` counts them."""

    def __init__(self, cabinet: Cabinet, finger: Finger, people: list[Person], seed: int) -> None:
        self._cabinet = cabinet
        self._finger = finger
        self._rng = random.Random(seed)
        self.seed = seed
        self.done = 0
        self.acts: Counter[str] = Counter()
        self._trail: deque[str] = deque(maxlen=_TRAIL)
        self._laid = False
        self._last: Person | None = None
        self._codes: deque[str] = deque(maxlen=8)
        self._journal_at = 0
        self._people = people
        residents = cabinet.population.seed.residents
        self._niks = [one.profile.nik for one in residents if one.village == cabinet.village.code]
        self._card = cabinet.folder / CARD_SOCKET
        self.leftovers = Leftovers(people, niks=tuple(self._niks))
        finger.joint.on_view = self.leftovers.see

    # ------------------------------------------------------------ the walk

    def go(self, touches: int) -> None:
        """Raises AssertionError, with seed and trail, for what must not be."""
        try:
            while self.done < touches:
                self._step()
            self._mend()
            self._goes_away()
            self._reads_journal()
        except BaseException as error:
            trail = "\n  ".join(self._trail)
            raise AssertionError(
                f"seed {self.seed}, touch {self.done}: {error}\n  {trail}\n"
                f"screen: {self._finger.screen!r}\nwords: {self._finger.words()[:1500]}"
            ) from error

    def _step(self) -> None:
        roll = self._rng.random()
        if roll < 0.03:
            self._something_happens()
        elif roll < 0.034:
            self._goes_away()
        elif roll < 0.09:
            self._lays_or_takes_card()
        elif roll < 0.19:
            self._touches_somewhere()
        elif roll < 0.50:
            self._touches_something()
        else:
            self._does_what_is_meant()
        self._looks()

    def _looks(self) -> None:
        finger = self._finger
        finger.breathe()
        self.leftovers.look(finger.words())
        self.leftovers.look(finger.heard())
        if self._rng.random() < 0.03:
            self._reads_journal()
        if not finger.targets():
            self._is_led_out()

    def _is_led_out(self) -> None:
        """Where nothing can be touched, time leads on; or a card, or somebody with a key."""
        screen = self._finger.screen
        if isinstance(screen, view.OutOfService | view.Identify):
            self._mend()
        elif isinstance(screen, view.Attract | view.Goodbye) and self._rng.random() < 0.9:
            self._lays_card()
        else:
            was = type(screen)
            self._finger.until(
                f"a way on from {was.__name__}",
                lambda: type(self._finger.screen) is not was or bool(self._finger.targets()),
            )

    def _notes(self, what: str) -> None:
        screen = type(self._finger.screen).__name__
        self._trail.append(f"{self.done} {screen}: {what}")
        self.acts[what.split()[0]] += 1

    # ------------------------------------------------------------ touches

    def _touches(self, target_id: str) -> bool:
        target = self._finger.targets().get(target_id)
        if target is None:
            return False
        self._notes(f"touch {'a digit' if target_id.startswith('digit') else target_id}")
        self.done += 1
        sent = self._finger.joint.sent
        self._finger.touch_at(target)
        if self._finger.joint.sent != sent:
            self._awaits_answer()
        return True

    def _awaits_answer(self) -> None:
        """A view follows most that is said; who is quick does not wait for it."""
        before, end = self._finger.state, time.monotonic() + self._rng.choice((0.0, 0.01, 0.03))
        while self._finger.state is before and time.monotonic() < end:
            self._finger.breathe()
            time.sleep(0.002)

    def _touches_something(self) -> None:
        targets = sorted(self._finger.targets())
        if targets:
            self._touches(self._rng.choice(targets))

    def _touches_somewhere(self) -> None:
        x, y = self._rng.uniform(0, 1280), self._rng.uniform(0, 800)
        self._notes(f"point {x:.0f} {y:.0f}")
        self.done += 1
        self._finger.touch_point(x, y)
        self._awaits_answer()

    def _does_what_is_meant(self) -> None:
        screen = self._finger.screen
        do = self._meant().get(type(screen), lambda _: self._touches_something())
        do(screen)

    def _meant(self) -> dict[Any, Callable[[Any], None]]:
        return {
            view.Attract: lambda _: self._lays_card(),
            view.Goodbye: lambda _: self._lays_card(),
            view.TapCard: lambda _: self._lays_or_takes_card(),
            view.Pin: self._types_pin,
            view.NikEntry: self._types_nik,
            view.CodeEntry: self._types_code,
            view.Form: self._answers,
            view.Review: lambda _: self._touches("next"),
            view.Ticket: lambda screen: self._codes.append(screen.claim_code),
        }

    def _types_pin(self, screen: view.Pin) -> None:
        for _ in range(screen.dots):
            self._touches("erase")
        for digit in self._pin_for(screen):
            if not self._touches(f"digit-{digit}"):
                return

    def _pin_for(self, screen: view.Pin) -> str:
        person = self._last
        if screen.asks in ("new", "again"):
            return self._rng.choice((_ENROLLED_PIN, _ENROLLED_PIN, _CHANGED_PIN))
        if person is None or self._rng.random() < 0.07:
            return "".join(self._rng.choice("0123456789") for _ in range(6))
        return self._rng.choice((person.pins[0], *person.pins))

    def _types_nik(self, screen: view.NikEntry) -> None:
        for _ in range(len(screen.value)):
            self._touches("erase")
        for digit in self._rng.choice(self._niks):
            if not self._touches(f"digit-{digit}"):
                return
        self._touches("next")

    def _types_code(self, screen: view.CodeEntry) -> None:
        for _ in range(len(screen.value)):
            self._touches("key-backspace")
        if self._codes and self._rng.random() < 0.5:
            self._types(self._rng.choice(self._codes))
        else:
            self._types_odd_word()
        self._touches("next")

    def _answers(self, screen: view.Form) -> None:
        if screen.question.problem is None and self._rng.random() < 0.7:
            self._touches("next")
        elif screen.question.kind == "text" and "key-space" in self._finger.targets():
            self._types_odd_word()
        else:
            self._touches_something()

    def _types_odd_word(self) -> None:
        """Nobody else types it, and it stands in no sentence of the screen's."""
        word = "".join(self._rng.choice(_ODD_LETTERS) for _ in range(8))
        self._types(word)

    def _types(self, word: str) -> None:
        self.leftovers.note(word)
        for sign in word:
            if not (self._touches(f"key-{sign}") or self._touches(f"key-{sign.upper()}")):
                self._touches(f"key-{sign.lower()}")

    # ------------------------------------------------------------ cards

    def _lays_or_takes_card(self) -> None:
        if not self._laid:
            self._lays_card()
        else:
            self._takes_card()

    def _lays_card(self) -> None:
        self._takes_card()
        person = self._rng.choice(self._people)
        self._notes(f"lay card {self._people.index(person)}")
        before = self._finger.state
        self._laid = True
        self._last = person
        self._tells("card", {"insert": person.uid.hex()})
        self._passes(0.3, lambda: self._finger.state is not before)
        if self._rng.random() < 0.7:
            self._takes_card()

    def _takes_card(self) -> None:
        if self._laid:
            self._notes("take card")
            self._laid = False
            self._tells("card", {"remove": True})

    def _passes(self, seconds: float, enough: Callable[[], bool] = lambda: False) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end and not enough():
            self._finger.breathe()
            time.sleep(0.005)

    # ------------------------------------------------------------ what else happens

    def _something_happens(self) -> None:
        what, do = self._rng.choice(
            (
                ("paper out", lambda: self._tells("printer", {"paper": "out"})),
                ("paper full", lambda: self._tells("printer", {"paper": "full"})),
                ("line cut", lambda: self._tells("line", {"line": "cut"})),
                ("line whole", lambda: self._tells("line", {"line": "whole"})),
                ("line whole", lambda: self._tells("line", {"line": "whole"})),
                ("mains blink", self._blinks),
                ("service press", lambda: self._tells("pins", {"service": "press"})),
                ("service hold", lambda: self._tells("pins", {"service": "hold"})),
                ("signatures", self._signs),
            )
        )
        self._notes(what)
        do()

    def _tells(self, what: str, wish: dict[str, Any]) -> None:
        sockets = {
            "printer": self._cabinet.printer_control,
            "line": self._cabinet.line_control,
            "pins": self._cabinet.pins_control,
            "card": self._card,
        }
        answer = tell(sockets[what], wish)
        assert answer.get("ok"), answer

    def _blinks(self) -> None:
        self._tells("pins", {"mains": "off"})
        self._passes(0.2)
        self._looks_briefly()
        self._tells("pins", {"mains": "on"})

    def _looks_briefly(self) -> None:
        self._finger.breathe()
        self.leftovers.look(self._finger.words())

    def _signs(self) -> None:
        """The desk signs the oldest request that came."""
        query = "SELECT id FROM requests WHERE state = ? AND village = ? ORDER BY received_at"
        here = self._cabinet.village.code
        for row in evidence.rows(self._cabinet.database, query, "received", here)[:1]:
            for role, acts in (("officer", ("periksa", "setujui")), ("head", ("tanda-tangani",))):
                desk = Desk(self._cabinet.desk_url, self._cabinet.officer(role))
                for act in acts:
                    words = {"passphrase": PASSPHRASE} if act == "tanda-tangani" else {}
                    desk.press(str(row[0]), act, **words)
                desk.close()

    # ------------------------------------------------------------ the ways out

    def _goes_away(self) -> None:
        """Nobody touches any more: time alone leads to where nobody is served."""
        self._notes("go away")
        self._takes_card()
        self._finger.until(
            "an end of the visit",
            lambda: isinstance(self._finger.screen, view.Attract | view.OutOfService),
        )
        self._looks_briefly()
        if isinstance(self._finger.screen, view.OutOfService):
            self._mend()

    def _mend(self) -> None:
        """All cables and paper are there; a technician ends the service mode, if it was on."""
        self._notes("mend")
        self._takes_card()
        self._tells("printer", {"paper": "full"})
        self._tells("line", {"line": "whole"})
        self._tells("pins", {"mains": "on"})
        self._passes(1.0, lambda: isinstance(self._finger.screen, view.Attract))
        if not isinstance(self._finger.screen, view.OutOfService):
            return
        end = time.monotonic() + _PATIENCE_SECONDS
        while isinstance(self._finger.screen, view.OutOfService):
            assert time.monotonic() < end, "out of service, and nobody can help"
            if "ditutup sementara" in self._finger.words():
                self._ends_service_mode()
            self._passes(0.2)

    def _ends_service_mode(self) -> None:
        self._tells("pins", {"service": "hold"})
        self._finger.sees(view.TechnicianScreen)
        self._finger.touch("diagnose")
        self._finger.sees(view.DiagnosisScreen)
        self._finger.touch("service-mode")
        self._finger.sees(view.DiagnosisScreen, lambda screen: not screen.service_mode)
        self._finger.touch("back")
        self._finger.sees(view.TechnicianScreen)
        self._finger.touch("leave")
        self._finger.sees(view.Attract)
        self.done += 4

    def _reads_journal(self) -> None:
        with self._cabinet.journal.open("rb") as journal:
            journal.seek(self._journal_at)
            for line in journal:
                if line.endswith(b"\n"):
                    self._journal_at += len(line)
                    told = json.loads(line)
                    assert told["event"] != "controller.bug", told
        assert self._cabinet.is_up("controller"), "the controller has ended"
