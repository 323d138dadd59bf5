"""No sequence of events reaches a dead end, or shows one citizen's data to another.

Hypothesis plays citizens, cards, a technician, workers that answer late or never, and the clock.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from firmware.core import commands, events, finds, pins, view
from firmware.core.calendar import format_date
from firmware.core.claim import make_claim_code
from firmware.core.projection import view_of
from firmware.core.request import RequestState
from firmware.core.session import step
from firmware.core.state import AT_TECHNICIAN, RESTING, Phase
from hw.card.enrolment import Why
from hw.protocols import CardTrouble, Fault
from tests.core.samples import BUSINESS, CATALOGUE, TODAY, card, profile, resting

PEOPLE = (1, 2, 3)
GUEST, OFFICER = 2, 3


@dataclass(frozen=True)
class Asked:
    """The regency was asked for a card; it may answer, or not."""

    visit: int


DIGITS = st.integers(0, 9)
SILENT = commands.ShowLamps | commands.CloseVault | commands.PrintStatusSlip
PRINT_STATES: tuple[view.PrintState, ...] = (
    "printed",
    "queued",
    "printing",
    "awaiting",
    "unconfirmed",
    "blocked",
    "unknown",
    "unavailable",
)


def items(person: int) -> tuple[tuple[view.ReadyItem, ...], tuple[view.PendingItem, ...]]:
    ready = view.ReadyItem(f"r{person}", f"Surat milik {person}", f"503/{person}", 0)
    pending = view.PendingItem(f"p{person}", f"Surat milik {person}", "7", view.Say("Dikirim"))
    return (ready,), (pending,)


def enrolments(accepted: bool) -> tuple[view.EnrolmentItem, ...]:
    return (view.EnrolmentItem("e1", NIK, "accepted" if accepted else "waiting", ""),)


NIK = "3510190101900009"
LINE = view.DeviceLine("reader", view.Say("Pembaca kartu"), "well", view.Say("Siap."))
SEEN: set[Phase] = set()
CODE = make_claim_code(1)
WITHOUT_A_CARD = (view.AskHelp(), view.EnterCode("collect"), view.EnterCode("check"))
PREFERENCES = view.Preferences(language="jv", text_size="largest", theme="dark")


class Visits(RuleBasedStateMachine):
    """The kiosk's face among people who do what they like."""

    def __init__(self) -> None:
        super().__init__()
        self.state = resting()
        self.seconds = 0.0
        self.on_reader: int | None = None
        self.owner_of_visit: dict[int, int] = {}
        self.waiting: list[Any] = []
        self.submitted = 0
        self.stored_ids: dict[str, int] = {}
        self.all_goes_well = False

    def send(self, event: events.Event) -> None:
        self.state, asked = step(self.state, event)
        SEEN.add(self.state.phase)
        for command in asked:
            if isinstance(command, commands.LookUp):
                assert self.on_reader is not None
                self.owner_of_visit[command.visit] = self.on_reader
            if not isinstance(command, SILENT):
                self.waiting.append(command)

    @rule(person=st.sampled_from(PEOPLE))
    def tap(self, person: int) -> None:
        self.on_reader = person
        self.send(events.CardTapped(card(person)))

    @rule(trouble=st.sampled_from(CardTrouble))
    def bad_tap(self, trouble: CardTrouble) -> None:
        self.send(events.CardFailed(trouble))

    @rule()
    def take_card(self) -> None:
        self.send(events.CardTaken())

    @rule(seconds=st.sampled_from([0.2, 1.0, 5.0, 25.0, 61.0, 200.0]))
    def time_goes_on(self, seconds: float) -> None:
        self.seconds += seconds
        self.send(events.Tick(self.seconds, TODAY))

    @rule(kind=st.sampled_from(["reader", "printer", "link"]), on=st.booleans())
    def device_changes(self, kind: str, on: bool) -> None:
        make = {
            "reader": events.ReaderChanged,
            "printer": events.PrinterChanged,
            "link": events.LinkChanged,
        }
        self.send(make[kind](on))

    @rule(open_or_on=st.booleans(), kind=st.sampled_from([events.DoorChanged, events.PowerChanged]))
    def a_switch_in_the_cabinet(self, kind: Any, open_or_on: bool) -> None:
        self.send(kind(open_or_on))

    @rule()
    def the_battery_is_nearly_over(self) -> None:
        self.send(events.PowerChanged(on_mains=False))
        self.send(events.PowerEnding())

    @rule(long=st.booleans())
    def the_service_button(self, long: bool) -> None:
        self.send(events.ServiceAsked(long))

    @rule(digit=DIGITS)
    def press_digit(self, digit: int) -> None:
        self.send(events.Said(view.Digit(digit)))

    @initialize(
        steps=st.integers(0, 18),
        on_battery=st.booleans(),
        errand=st.sampled_from([None, None, *WITHOUT_A_CARD]),
        data=st.data(),
    )
    def somebody_has_come_so_far(
        self, steps: int, on_battery: bool, errand: view.Intent | None, data: st.DataObject
    ) -> None:
        """Without this the walk would seldom get past the PIN."""
        self.state = replace(self.state, policy=replace(self.state.policy, on_battery=on_battery))
        self.all_goes_well = True
        if steps == 0:
            self.send(events.ReaderChanged(online=False))
        if errand is not None:
            self.press(errand)
        for _ in range(min(steps, 3) if errand else steps):
            self.a_sensible_citizen_goes_on(data)
        self.all_goes_well = False

    @rule(data=st.data())
    def a_sensible_citizen_goes_on(self, data: st.DataObject) -> None:
        """The next thing that a citizen who wants a letter would do."""
        match self.state.phase:
            case Phase.ATTRACT | Phase.GOODBYE | Phase.NOTICE:
                self.tap(data.draw(st.sampled_from(PEOPLE)))
            case Phase.CODE:
                self.press(view.TypeCode(CODE))
                self.press(view.Next())
            case Phase.HELP | Phase.FOUND | Phase.CHECKED:
                letter = view.PrintLetter(f"code{self.state.guest.number}")
                self.press(data.draw(st.sampled_from([view.Back(), letter, view.Finish()])))
            case Phase.OUT_OF_SERVICE:
                self.send(events.ReaderChanged(online=True))
            case (
                Phase.LOOKING_UP
                | Phase.ASKING
                | Phase.OPENING
                | Phase.FINDING
                | Phase.STORING
                | Phase.CHECKING_PIN
                | Phase.CHANGING_PIN
                | Phase.ENROLLING
                | Phase.ENROL_CARD
            ):
                if self.waiting:
                    self.send(self.answer_to(self.waiting.pop(), data))
            case Phase.PIN:
                self.seconds = max(self.seconds, self.state.guest.pin_from)
                self.send(events.Tick(self.seconds, TODAY))
                for digit in range(view.PIN_LENGTH):
                    self.press_digit(digit)
            case Phase.HOME:
                mine = self.owner_of_visit[self.state.guest.number]
                letter = view.PrintLetter(f"r{mine}")
                ways = [view.NewLetter(), view.NewLetter(), letter, view.ChangePin()]
                self.press(data.draw(st.sampled_from(ways)))
            case Phase.NEW_PIN:
                self.seconds = max(self.seconds, self.state.guest.pin_from)
                self.send(events.Tick(self.seconds, TODAY))
                new = self.state.guest.new_pin
                for digit in range(6) if new and new.asks == "old" else (2, 7, 0, 9, 3, 5):
                    self.press_digit(digit)
            case Phase.PIN_CHANGED:
                self.press(view.GoHome())
            case Phase.OFFICER:
                wishes = [*[view.EnrolCard()] * 3, *[view.ChangePin()] * 2, view.ResetPin()]
                wishes += [*[view.UnlockCard()] * 2, *[view.AssistCitizen()] * 2]
                self.press(data.draw(st.sampled_from(wishes)))
            case Phase.UNLOCK:
                self.press(view.Back())
            case Phase.ASSIST:
                self.tap(data.draw(st.sampled_from(PEOPLE)))
            case Phase.ENROL_NIK:
                for digit in map(int, NIK):
                    self.press_digit(digit)
                self.press(view.Next())
            case Phase.ENROL_PIN:
                for digit in (2, 7, 0, 9, 3, 5):
                    self.press_digit(digit)
            case Phase.ENROLLED:
                visit = self.state.guest.number
                self.send(events.EnrolmentsSeen(visit, enrolments(accepted=True)))
                self.press(view.GoHome())
            case Phase.LETTERS:
                self.press(view.ChooseLetter(data.draw(st.sampled_from(CATALOGUE.letters)).id))
            case Phase.FORM:
                self.fill_the_form_well()
            case Phase.REVIEW:
                self.press(view.Next())
            case Phase.TECHNICIAN:
                self.press(data.draw(st.sampled_from([view.Leave(), view.Diagnose()])))
            case Phase.DIAGNOSIS:
                self.press(data.draw(st.sampled_from([view.Next(), view.Back()])))

    def fill_the_form_well(self) -> None:
        good = {"nama_usaha": "Warung Sego Tempong", "keperluan": "Pinjaman bank"}
        good |= {"dari": format_date(TODAY), "sampai": format_date(TODAY)}
        for _ in BUSINESS.fields:
            if self.state.phase is Phase.FORM:
                name = BUSINESS.fields[self.state.guest.position].name
                self.send(events.Said(view.Answer(name, good[name])))
                self.press(view.Next())

    @rule(
        intent=st.sampled_from(
            [
                view.Erase(),
                view.NewLetter(),
                view.ChangePin(),
                view.EnrolCard(),
                view.UnlockCard(),
                view.Next(),
                view.Back(),
                view.Retry(),
                view.GoHome(),
                view.Finish(),
                view.StillHere(),
                view.RunSelftest(),
                view.PrintTestSlip(),
                view.PaperChanged(),
                view.Leave(),
                view.Diagnose(),
                view.SetServiceMode(True),
                view.SetServiceMode(False),
                view.ResetPin(),
                view.AssistCitizen(),
                view.ChooseLetter("tidak-ada"),
                view.ChooseGroup(""),
                view.ChooseGroup("tidak-ada"),
                view.OpenQuestion("keperluan"),
                view.OpenQuestion("sampai"),
                view.OpenQuestion("tidak-ada"),
                view.Arrange(one_page=True),
                view.Arrange(one_page=False),
                view.PrintLetter("r1"),
                view.PrintLetter("r2"),
                view.TypeCode(CODE),
                view.TypeCode("\x1b@"),
                view.Adjust(True),
                view.Prefer(PREFERENCES),
                *WITHOUT_A_CARD,
                *[view.ChooseLetter(letter.id) for letter in CATALOGUE.letters],
            ]
        )
    )
    def press(self, intent: view.Intent) -> None:
        self.send(events.Said(intent))

    @rule(
        name=st.sampled_from(["nama_usaha", "keperluan", "dari", "sampai", "zzz"]),
        value=st.sampled_from(["", "Warung Sego Tempong", "Pinjaman bank", "24-11-2026", "\x1b@"]),
    )
    def type_answer(self, name: str, value: str) -> None:
        self.send(events.Said(view.Answer(name, value)))

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def a_worker_answers(self, data: st.DataObject) -> None:
        """Any waiting command is answered, in any order, in any of its ways."""
        command = self.waiting.pop(data.draw(st.integers(0, len(self.waiting) - 1)))
        answer = self.answer_to(command, data)
        self.send(answer)

    def answer_to(self, command: commands.Command | Asked, data: st.DataObject) -> events.Event:
        ways = self.ways_to_answer(command)
        answer = ways[0] if self.all_goes_well else data.draw(st.sampled_from(ways))
        if isinstance(answer, events.CardAsked):
            self.waiting.append(Asked(answer.visit))
        return answer

    def ways_to_answer(self, command: commands.Command | Asked) -> list[events.Event]:
        """Every way in which a command can be answered; the hoped-for one first."""
        match command:
            case commands.LookUp(visit):
                ways: list[events.Event] = [
                    events.CardKnown(visit, 0.0),
                    events.CardKnown(visit, 15.0),
                    events.CardUnknown(visit, revoked=False),
                    events.CardUnknown(visit, revoked=False, asked="offline"),
                    events.CardLocked(visit),
                ]
                asked: list[events.Event] = [events.CardAsked(visit)]
                is_guest = self.owner_of_visit[visit] == GUEST
                return asked + ways if is_guest else ways + asked
            case Asked(visit):
                return [
                    events.CardKnown(visit, 0.0),
                    events.CardUnknown(visit, revoked=False),
                    events.CardUnknown(visit, revoked=False, asked="limited"),
                    events.CardLocked(visit),
                ]
            case commands.OpenVault(visit):
                person = self.owner_of_visit[visit]
                opened: events.Event = events.VaultOpened(visit, profile(person), *items(person))
                if person == OFFICER:
                    opened = events.OfficerOpened(visit, profile(person).nama, enrolments(False))
                return [
                    opened,
                    events.PinRefused(visit, 9, 0.0),
                    events.CardLocked(visit),
                    events.CardUnknown(visit, revoked=True),
                    events.VaultDamaged(visit),
                ]
            case commands.CheckPin(visit):
                return [
                    events.PinChecked(visit),
                    events.PinRefused(visit, 9, 0.0),
                    events.PinRefused(visit, 8, 15.0),
                    events.CardLocked(visit),
                    events.CardUnknown(visit, revoked=False),
                    events.PinNotChanged(visit),
                ]
            case commands.ChangePin(visit, _identity, pin):
                assert pins.weakness(pin, "", "") is None
                return [events.PinChanged(visit), events.PinNotChanged(visit)]
            case commands.AwaitTaps(visit):
                return [
                    events.CardAgreed(visit, card(1)),
                    events.TapAwaited(visit, "firstTap"),
                    events.TapAwaited(visit, "removal"),
                    events.TapAwaited(visit, "secondTap"),
                    *[events.CardNotAgreed(visit, why.value) for why in Why],
                    events.CardNotAgreed(visit, "officerCard"),
                ]
            case commands.Enrol(visit, nik, identity, pin):
                assert self.owner_of_visit[visit] == OFFICER
                assert identity == card(1)
                assert pins.weakness(pin, nik, "") is None
                return [events.EnrolmentStored(visit, "e1"), events.EnrolmentNotStored(visit)]
            case commands.UnlockCard(visit):
                assert self.owner_of_visit[visit] == OFFICER
                return [
                    events.CardUnlocked(visit, "unlocked"),
                    events.CardUnlocked(visit, "notLocked"),
                    events.CardUnlocked(visit, "unknown"),
                ]
            case commands.FindCode(visit, purpose):
                title = f"Surat milik kode{visit}"
                found: list[events.Event] = [
                    events.CodeFound(
                        visit,
                        finds.FoundRequest(f"code{visit}", title, "1", RequestState.READY),
                        printable,
                    )
                    for printable in (True, False)
                ]
                letter = finds.FoundLetter(title, "1", "Desa", "24-11-2026", "C. W.", "Bu Kades")
                missed = [
                    events.CodeNotFound(visit, why) for why in ("unknown", "limited", "offline")
                ]
                return (
                    [events.CodeFound(visit, letter), *missed]
                    if purpose == "check"
                    else found + missed
                )
            case commands.RefreshLetters(visit):
                return [events.LettersChanged(visit, *items(self.owner_of_visit[visit]))]
            case commands.Submit(visit, _letter, sent_profile):
                assert sent_profile == profile(self.owner_of_visit[visit])
                self.submitted += 1
                request_id = f"q{self.submitted}"
                self.stored_ids[request_id] = visit
                stored = events.RequestStored(visit, request_id, "0-1", "0123456789")
                return [stored, events.RequestNotStored(visit)]
            case (
                commands.PrintTicket(request_id)
                | commands.PrintSigned(_, request_id)
                | commands.PrintTestSlip(request_id)
            ):
                return [
                    events.PrintReported(request_id, state, fault)
                    for state in PRINT_STATES
                    for fault in (None, *Fault)
                ]
            case commands.Examine(service):
                return [events.Examined(service, (LINE,), (view.Known("Versi", "1.0"),))]
            case commands.Diagnose(service):
                return [events.Diagnosed(service, (), codes) for codes in (("a", "b"), ())]
            case commands.SetServiceMode(on):
                return [events.ServiceModeSet(on)]
            case commands.RenewRoll(service):
                return [events.RollRenewed(service, done) for done in (True, False)]
            case _:
                raise AssertionError(command)

    @invariant()
    def the_screen_can_be_drawn_and_tells_nothing_of_others(self) -> None:
        shown = msgspec.json.encode(view_of(self.state, 1)).decode()
        if self.state.visit and self.state.visit.helper:  # stands beside the citizen, by name
            shown = shown.replace(f'"helper":"{self.state.visit.helper.name}"', "")
        owner = self.owner_of_visit.get(self.state.visit.number) if self.state.visit else None
        for person in PEOPLE:
            if person != owner:
                assert profile(person).nama not in shown
                assert profile(person).nik not in shown
                assert f"Surat milik {person}" not in shown
            assert card(person).uid.hex() not in shown
        visit = self.state.visit.number if self.state.visit else 0
        for found in re.findall(r"Surat milik kode(\d+)", shown):
            assert int(found) == visit

    @invariant()
    def at_rest_nobody_is_known(self) -> None:
        if self.state.phase in RESTING:
            assert self.state.visit is None

    @invariant()
    def what_a_visitor_chose_goes_with_them(self) -> None:
        """A card laid down after somebody's visit finds the kiosk's own screen."""
        state, _ = step(replace(self.state, phase=Phase.GOODBYE), events.CardTapped(card(1)))
        assert state.phase is not Phase.LOOKING_UP or state.preferences == state.policy.preferences

    @invariant()
    def a_technician_never_takes_a_visitor_s_place(self) -> None:
        assert (self.state.service is not None) == (self.state.phase in AT_TECHNICIAN)
        assert self.state.service is None or self.state.visit is None

    @invariant()
    def the_service_button_is_not_forgotten(self) -> None:
        """What it asked for waits for a visitor only, and is granted at rest."""
        waits = self.state.service_wanted or self.state.slip_wanted
        assert not (waits and self.state.phase in RESTING | AT_TECHNICIAN)

    @invariant()
    def a_battery_to_be_saved_asks_nobody_in(self) -> None:
        if self.state.saves_battery:
            assert self.state.phase is not Phase.ATTRACT

    @invariant()
    def accepted_is_said_only_of_what_is_stored(self) -> None:
        if self.state.phase is Phase.TICKET:
            filed = self.state.guest.filed
            assert filed is not None
            assert self.stored_ids[filed.request_id] == self.state.guest.number

    @invariant()
    def no_dead_end(self) -> None:
        """Left alone, with reader and mains there and no service mode, every state comes to rest
        by itself.
        """
        state, _ = step(self.state, events.ServiceModeSet(on=False))
        state, _ = step(state, events.ReaderChanged(online=True))
        state, _ = step(state, events.PowerChanged(on_mains=True))
        for tick in range(1, 60):
            state, _ = step(state, events.Tick(self.seconds + tick * 25.0, TODAY))
        assert state.phase is Phase.ATTRACT
        assert state.chosen is None
        assert not state.adjusting


def test_any_sequence_of_events() -> None:
    """The walk must also have been everywhere, or its silence would prove little."""
    SEEN.clear()
    run_state_machine_as_test(
        Visits, settings=settings(max_examples=450, stateful_step_count=50, deadline=None)
    )
    assert set(Phase) == SEEN
