"""Whatever is touched says the right thing to the controller, once."""

from __future__ import annotations

import msgspec
import pytest

from firmware.core import view
from tests.ui.looking import tap, targets, texts
from ui.asking_samples import MANY_LETTERS, PURPOSES, ROWS
from ui.offscreen import Studio
from ui.samples import SCREENS, view_states

VIEWS = view_states()

EXPECTED: dict[str, dict[str, view.Intent]] = {
    "pin": {
        **{f"digit-{n}": view.Digit(n) for n in range(10)},
        "erase": view.Erase(),
        "finish": view.Finish(),
    },
    "home": {
        "print-r0": view.PrintLetter("r0"),
        "new-letter": view.NewLetter(),
        "change-pin": view.ChangePin(),
        "collect-code": view.EnterCode("collect"),
        "check-letter": view.EnterCode("check"),
        "help": view.AskHelp(),
        "finish": view.Finish(),
    },
    "pin-new": {
        **{f"digit-{n}": view.Digit(n) for n in range(10)},
        "erase": view.Erase(),
        "back": view.Back(),
    },
    "officer": {
        "enrol-card": view.EnrolCard(),
        "assist-citizen": view.AssistCitizen(),
        "reset-pin": view.ResetPin(),
        "unlock-card": view.UnlockCard(),
        "finish": view.Finish(),
    },
    "nik": {
        **{f"digit-{n}": view.Digit(n) for n in range(10)},
        "erase": view.Erase(),
        "back": view.Back(),
        "next": view.Next(),
    },
    "tap-card": {"back": view.Back()},
    "done": {"home": view.GoHome(), "finish": view.Finish()},
    "letters": {
        "letter-keterangan-usaha": view.ChooseLetter("keterangan-usaha"),
        "letter-pengantar-skck": view.ChooseLetter("pengantar-skck"),
        "back": view.Back(),
        "finish": view.Finish(),
    },
    "form-choice-made": {
        **{f"choice-{n}": view.Answer("keperluan", purpose) for n, purpose in enumerate(PURPOSES)},
        "choice-other": view.Answer("keperluan", ""),
        "arrange": view.Arrange(one_page=True),
        "next": view.Next(),
        "back": view.Back(),
    },
    "review": {
        **{f"mend-{row.name}": view.OpenQuestion(row.name) for row in ROWS},
        "next": view.Next(),
        "back": view.Back(),
    },
    "ticket-printed": {"home": view.GoHome(), "finish": view.Finish()},
    "ticket-blocked": {"home": view.GoHome(), "finish": view.Finish(), "retry": view.Retry()},
    "collect-printed": {"home": view.GoHome(), "finish": view.Finish()},
    "collect-blocked": {"home": view.GoHome(), "finish": view.Finish(), "retry": view.Retry()},
    "notice": {"finish": view.Finish()},
    "notice-retry": {"finish": view.Finish(), "retry": view.Retry()},
    "idle-warning": {"still-here": view.StillHere()},
    "technician": {
        "leave": view.Leave(),
        "diagnose": view.Diagnose(),
        "paper-changed": view.PaperChanged(),
        "test-slip": view.PrintTestSlip(),
        "selftest": view.RunSelftest(),
    },
    "technician-trouble": {
        "leave": view.Leave(),
        "diagnose": view.Diagnose(),
        "paper-changed": view.PaperChanged(),
        "selftest": view.RunSelftest(),
    },
}


@pytest.mark.parametrize("name", EXPECTED)
def test_each_target_says_its_intent(studio: Studio, name: str) -> None:
    for target_id, intent in EXPECTED[name].items():
        studio.stage.prepare()
        studio.stage.show(VIEWS[name])
        assert set(targets(studio)) - {"more"} == set(EXPECTED[name])
        studio.intents.clear()
        tap(studio, target_id)
        assert studio.intents == [intent]


def test_shuffled_digits_are_all_there_and_say_what_stands_on_them(stage_studio: Studio) -> None:
    pin = view.Pin(0, None, 0, shuffled=True)
    orders = set()
    for _ in range(4):  # by chance the same order once in 3.6 million
        stage_studio.stage.prepare()
        stage_studio.stage.show(msgspec.structs.replace(VIEWS["pin"], screen=pin))
        keys = [one for one in targets(stage_studio).values() if one.id.startswith("digit-")]
        assert sorted(key.id for key in keys) == [f"digit-{n}" for n in range(10)]
        assert all(key.id == f"digit-{key.text}" for key in keys)
        orders.add(tuple(key.id for key in sorted(keys, key=lambda key: (key.y, key.x))))
        tap(stage_studio, "digit-7")
        assert stage_studio.intents[-1] == view.Digit(7)
    assert len(orders) > 1


@pytest.mark.parametrize("name", ["wait", "goodbye", "out-of-service"])
def test_where_nothing_can_be_done_nothing_can_be_touched(stage_studio: Studio, name: str) -> None:
    stage_studio.stage.show(VIEWS[name])
    assert targets(stage_studio) == {}


def test_while_the_pin_is_locked_only_leaving_is_possible(stage_studio: Studio) -> None:
    stage_studio.stage.show(VIEWS["pin-locked"])
    assert set(targets(stage_studio)) == {"finish"}


def test_a_form_goes_on_only_with_a_good_answer(stage_studio: Studio) -> None:
    stage_studio.stage.show(VIEWS["form-text-problem"])
    assert "next" not in targets(stage_studio)
    stage_studio.stage.show(VIEWS["form-text"])
    assert "next" in targets(stage_studio)


def test_a_double_tap_does_not_press_what_comes_next() -> None:
    studio = Studio(settle_seconds=60)  # longer than this test can take
    studio.stage.show(VIEWS["review"])
    tap(studio, "next")
    assert studio.intents == []
    studio.close()


def _heard(form: view.Form, value: str, problem: view.Say | None = None) -> view.ViewState:
    question = msgspec.structs.replace(form.question, value=value, problem=problem)
    screen = msgspec.structs.replace(form, question=question)
    return msgspec.structs.replace(VIEWS["form-text"], screen=screen)


def _type(studio: Studio, word: str) -> None:
    for char in word:
        if char == " ":
            tap(studio, "key-space")
            continue
        if f"key-{char}" not in targets(studio):
            tap(studio, "key-shift")
        tap(studio, f"key-{char}")


def test_a_name_is_typed_on_our_keyboard(studio: Studio) -> None:
    studio.stage.show(VIEWS["form-text-empty"])
    _type(studio, "Toko A-1")
    assert studio.intents[-1] == view.Answer("nama_usaha", "Toko A-1")
    assert len(studio.intents) == len("Toko A-1")
    tap(studio, "key-backspace")
    assert studio.intents[-1] == view.Answer("nama_usaha", "Toko A-")


def test_a_fast_typist_loses_no_letter_to_a_late_view(stage_studio: Studio) -> None:
    form = SCREENS["form-text-empty"]
    assert isinstance(form, view.Form)
    stage_studio.stage.show(VIEWS["form-text-empty"])
    _type(stage_studio, "Waru")
    stage_studio.stage.show(_heard(form, "W"))
    _type(stage_studio, "ng")
    assert stage_studio.intents[-1] == view.Answer("nama_usaha", "Warung")
    assert "next" not in targets(stage_studio)
    stage_studio.stage.show(_heard(form, "Warung"))
    assert "next" in targets(stage_studio)


def test_an_empty_answer_is_met_with_a_hint_not_a_complaint(stage_studio: Studio) -> None:
    stage_studio.stage.show(VIEWS["form-text-empty"])
    stage_studio.settle()
    shown = [text.text for text in texts(stage_studio.stage)]
    assert "Misalnya: Warung Bu Siti" in shown
    assert "Bagian ini belum diisi." not in shown


def test_a_proposed_day_is_typed_over(studio: Studio) -> None:
    studio.stage.show(VIEWS["form-date"])
    if "type-date" in targets(studio):
        tap(studio, "type-date")
    for digit in "17082026":
        tap(studio, f"key-{digit}")
    answers = [intent.value for intent in studio.intents if isinstance(intent, view.Answer)]
    assert answers == [
        "1", "17", "17-0", "17-08", "17-08-2", "17-08-20", "17-08-202", "17-08-2026",
    ]  # fmt: skip
    tap(studio, "key-backspace")
    assert studio.intents[-1] == view.Answer("berlaku_dari", "17-08-202")


def test_another_purpose_is_typed_and_can_be_taken_back(studio: Studio) -> None:
    studio.stage.show(VIEWS["form-choice"])
    tap(studio, "choice-other")
    _type(studio, "Sewa")
    assert studio.intents[-1] == view.Answer("keperluan", "Sewa")
    tap(studio, "choice-list")
    assert studio.intents[-1] == view.Answer("keperluan", "")
    assert "choice-0" in targets(studio)


def test_a_long_list_is_turned_page_by_page(stage_studio: Studio) -> None:
    largest = view.Preferences(text_size="largest")
    stage_studio.stage.show(msgspec.structs.replace(VIEWS["letters-many"], preferences=largest))
    first = {one for one in targets(stage_studio) if one.startswith("letter-")}
    tap(stage_studio, "more")
    seen, turns = set(first), 0
    while (now := {one for one in targets(stage_studio) if one.startswith("letter-")}) != first:
        assert not now & seen
        seen, turns = seen | now, turns + 1
        tap(stage_studio, "more")
    assert turns
    assert len(seen) == len(MANY_LETTERS)
    assert stage_studio.intents == []


@pytest.mark.parametrize("count", [1, 7, 9, 10, 25])
def test_any_number_of_choices_can_be_reached(studio: Studio, count: int) -> None:
    form = SCREENS["form-choice"]
    assert isinstance(form, view.Form)
    choices = tuple(view.Option(f"nomor {n}", f"Keperluan nomor {n}") for n in range(count))
    question = msgspec.structs.replace(form.question, choices=choices)
    screen = msgspec.structs.replace(form, question=question)
    studio.stage.show(msgspec.structs.replace(VIEWS["form-choice"], screen=screen))
    seen = set(targets(studio))
    while "more" in targets(studio) and f"choice-{count - 1}" not in seen:
        tap(studio, "more")
        seen |= set(targets(studio))
    assert {f"choice-{n}" for n in range(count)} <= seen
