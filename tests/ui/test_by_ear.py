"""Every screen can be heard, and finished with four keys."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import msgspec
import pytest

from firmware.core import view
from tests.ui.conftest import set_panel
from tests.ui.hearing import Listener
from tests.ui.looking import contrast, texts
from ui import theme
from ui.ears import Ears
from ui.focus import INNER, OUTER, RING_MM
from ui.inspect import targets_under
from ui.keys import PadKey
from ui.offscreen import Studio
from ui.samples import SCREENS, view_states
from ui.voice.outline import Item, Line, Outline, Row, changes
from ui.voice.reading import pressable, rows
from ui.voice.transcript import Transcript
from ui.widgets import Text, Touchable

SPEAKING = view.Preferences(voice=True)
VIEWS = {
    name: msgspec.structs.replace(state, preferences=SPEAKING)
    for name, state in view_states().items()
}
FIRST_OF_KIND = {type(state.screen): name for name, state in reversed(VIEWS.items())}
SAMPLES = [
    name
    if name in FIRST_OF_KIND.values() or state.idle_seconds is not None
    else pytest.param(name, marks=pytest.mark.long)
    for name, state in VIEWS.items()
]
"""One of each kind; all of them in the long form."""
_LEAVING = {"finish", "back", "home", "leave", "still-here"}
_AT_REST = (view.Attract, view.Wait, view.OutOfService, view.Identify, view.Goodbye)
"""Nobody has to leave: the page goes by itself, or nobody is there."""


@pytest.fixture(scope="module")
def visitor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listener]:
    set_panel("10-inch-1280x800")
    visitor = Listener(tmp_path_factory.mktemp("ears") / "heard.jsonl")
    yield visitor
    visitor.close()


@pytest.fixture
def listener(visitor: Listener) -> Listener:
    visitor.begin_anew()
    return visitor


def _show(listener: Listener, name: str) -> str:
    """The page is there for the first time; what is heard of it."""
    listener.studio.stage.show(VIEWS[name])
    return listener.words()


def _walk(listener: Listener) -> tuple[list[Item | Row], str]:
    """All stops from the first on, rows opened, and what is heard on the way."""
    stops: list[Item | Row] = []
    heard = []
    listener.press(PadKey.NEXT)
    while (spot := listener.studio.guide.spot) is not None and spot not in stops:
        stops.append(spot)
        if isinstance(spot, Row):
            listener.press(PadKey.PICK)
            for _ in spot.keys:
                heard.append(listener.words())
                stops.append(listener.studio.guide.spot)
                listener.press(PadKey.NEXT)
            assert listener.studio.guide.spot == spot  # the way out
            listener.press(PadKey.PICK)
        listener.press(PadKey.NEXT)
        heard.append(listener.words())
    return stops, " ".join(heard)


def _said(text: str, heard: str) -> bool:
    return " ".join(text.split()) in " ".join(heard.split())


@pytest.mark.parametrize("name", SAMPLES)
def test_all_that_is_written_is_heard(listener: Listener, name: str) -> None:
    heard = _show(listener, name)
    assert heard, "the page is silent"
    root = listener.studio.stage.look()[2]
    stops, walked = _walk(listener)
    everything = f"{heard} {walked}"
    for text in texts(root):
        if isinstance(text.parent, Touchable) and text.parent.eager:
            continue  # keys are heard by their names
        if any(part.isalnum() for part in text.text):
            assert _said(text.text, everything) or _is_in_table(text, everything), text.text
    heard_ids = {stop.id for stop in stops if isinstance(stop, Item)}
    assert _touchable(listener) <= heard_ids
    assert stops or not _touchable(listener)


def _touchable(listener: Listener) -> set[str]:
    return {target.id for target in targets_under(listener.studio.stage.look()[2])}


def _is_in_table(text: Text, heard: str) -> bool:
    return f"{text.text}:" in heard or f": {text.text}" in heard


@pytest.mark.parametrize("name", SAMPLES)
def test_the_keys_walk_in_reading_order_and_lead_out(listener: Listener, name: str) -> None:
    listener.studio.stage.show(VIEWS[name])
    listener.breathe()
    root = listener.studio.stage.look()[2]
    places = [_bounds(stop) for stop in rows(list(pressable(root)))]
    for before, after in combinations(places, 2):
        assert not _reads_before(after, before)
    assert _LEAVING & _touchable(listener) or isinstance(VIEWS[name].screen, _AT_REST)


def _bounds(stop: list[Touchable]) -> tuple[float, float, float, float]:
    corners = [(*one.to_window(one.x, one.y), *one.size) for one in stop]
    left, bottom = min(c[0] for c in corners), min(c[1] for c in corners)
    return left, bottom, max(c[0] + c[2] for c in corners), max(c[1] + c[3] for c in corners)


def _reads_before(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Above it in the same column, or left of it in the same line."""
    shares_column = one[0] < other[2] - 1 and other[0] < one[2] - 1
    shares_line = one[1] < other[3] - 1 and other[1] < one[3] - 1
    if shares_column:
        return one[1] >= other[3] - 1
    return shares_line and one[2] <= other[0] + 1


def test_picking_is_touching(listener: Listener) -> None:
    _show(listener, "letters")
    listener.press(PadKey.NEXT)
    assert "Mau buka usaha" in (heard := listener.words())
    assert "pilihan 1 dari 2" in heard
    listener.press(PadKey.PICK)
    assert view.ChooseLetter("keterangan-usaha") in listener.studio.intents


def test_before_and_after_go_round(listener: Listener) -> None:
    _show(listener, "review")
    for key, name in (
        (PadKey.NEXT, "Nama usaha"),
        (PadKey.PREVIOUS, "Bahasa dan tampilan"),
        (PadKey.PREVIOUS, "Kirim"),
        (PadKey.PREVIOUS, "Tombol Kembali"),
        (PadKey.NEXT, "Kirim"),
        (PadKey.NEXT, "Bahasa dan tampilan"),
        (PadKey.NEXT, "Nama usaha"),
    ):
        listener.press(key)
        assert name in listener.words()


def test_a_pin_is_typed_and_nobody_overhears_it(listener: Listener) -> None:
    heard = _show(listener, "pin")
    assert "3 dari 6 angka" in heard
    assert "Angka tidak disebutkan" in heard
    listener.press(PadKey.NEXT)
    for _ in range(6):  # from 1 to 7
        listener.press(PadKey.NEXT)
    listener.press(PadKey.PICK)
    assert listener.studio.intents[-1] == view.Digit(7)
    assert not any(char.isdigit() for char in listener.words())
    listener.studio.stage.show(_typed(4))
    assert listener.words() == "bintang 4 dari 6 angka"
    for _ in range(2):  # again from 1
        listener.press(PadKey.NEXT)
    listener.press(PadKey.PICK)
    assert listener.studio.intents[-1] == view.Digit(3)


def _typed(dots: int, headphone: bool = False) -> view.ViewState:
    state = msgspec.structs.replace(VIEWS["pin"], screen=view.Pin(dots, None, 0))
    return msgspec.structs.replace(state, headphone=headphone)


def test_into_a_headphone_the_digits_are_told(listener: Listener) -> None:
    listener.studio.stage.show(_typed(0, headphone=True))
    listener.press(PadKey.NEXT)
    listener.news()
    listener.press(PadKey.NEXT)
    (entry,) = listener.news()
    assert entry["words"] == ["2"]
    assert entry["private"]


def test_a_name_is_spelled_row_by_row(listener: Listener) -> None:
    _show(listener, "form-text-empty")
    listener.press(PadKey.NEXT)
    assert "Baris 1 sampai" in listener.words()
    listener.press(PadKey.NEXT)
    assert "Baris Q besar sampai" in listener.words()
    listener.press(PadKey.PICK)
    assert listener.words() == "Q besar"
    listener.press(PadKey.NEXT)
    listener.press(PadKey.PICK)
    assert listener.studio.intents[-1] == view.Answer("nama_usaha", "W")
    assert "W besar" in (heard := listener.words())
    assert "Baris q sampai" in heard
    listener.press(PadKey.PICK)
    assert listener.words() == "q"


def test_a_full_keyboard_types_and_its_other_keys_do_nothing(listener: Listener) -> None:
    _show(listener, "form-text-empty")
    listener.type("Toko a")
    assert listener.studio.intents[-1] == view.Answer("nama_usaha", "Toko a")
    listener.type("\b")
    assert listener.studio.intents[-1] == view.Answer("nama_usaha", "Toko ")
    said = list(listener.studio.intents)
    for code in (27, 282, 285, 9999, 127):
        listener.studio.guide.keys.press(code, frozenset())
        listener.studio.guide.keys.release(code)
    listener.studio.guide.keys.press(ord("c"), frozenset({"ctrl"}))
    listener.studio.guide.keys.press(ord("q"), frozenset({"alt"}))
    listener.breathe()
    assert listener.studio.intents == said


def test_who_walks_with_keys_is_still_here(listener: Listener) -> None:
    _show(listener, "review")
    listener.press(PadKey.NEXT)
    listener.press(PadKey.NEXT)
    assert listener.studio.intents == [view.StillHere()]


def test_a_countdown_is_told_now_and_then(listener: Listener) -> None:
    _show(listener, "idle-warning")
    heard = []
    for seconds in range(23, 8, -1):
        state = msgspec.structs.replace(VIEWS["idle-warning"], idle_seconds=seconds)
        listener.studio.stage.show(state)
        heard.append(listener.words())
    told = [words for words in heard if words]
    assert len(told) == 2
    assert "20 detik" in told[0]
    assert "10 detik" in told[1]


def test_the_wait_for_a_pin_is_told_now_and_then(listener: Listener) -> None:
    _show(listener, "pin-locked")
    screen = VIEWS["pin-locked"].screen
    assert isinstance(screen, view.Pin)
    told = []
    for seconds in range(14, 8, -1):
        shorter = msgspec.structs.replace(screen, wait_seconds=seconds)
        listener.studio.stage.show(msgspec.structs.replace(VIEWS["pin-locked"], screen=shorter))
        told.append(listener.words())
    assert [words for words in told if words] == ["Tunggu 10 detik"]


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("Tinggal 5 kali lagi", "Tinggal 4 kali lagi"),
        ("Halaman 3 dari 4", "Halaman 2 dari 4"),
        ("Tempelkan jari 2", "Tempelkan jari 1"),
    ],
)
def test_a_number_that_becomes_less_is_told_where_nothing_counts_down(
    before: str, now: str
) -> None:
    assert changes(Outline((Line(before),)), Outline((Line(now),))) == (now,)


def test_the_chances_for_a_pin_are_told_each_time(listener: Listener) -> None:
    for left in range(9, 0, -1):
        message = view.Say("PIN belum tepat. Masih ada {n} kesempatan.", {"n": str(left)})
        screen = view.Pin(0, message, 0)
        listener.studio.stage.show(msgspec.structs.replace(VIEWS["pin-wrong"], screen=screen))
        assert f"Masih ada {left} kesempatan" in listener.words()


def test_the_page_is_told_again_after_the_warning(listener: Listener) -> None:
    _show(listener, "idle-warning")
    listener.press(PadKey.NEXT)
    assert "Tombol Ya, saya masih di sini" in listener.words()
    assert listener.studio.intents == []
    listener.press(PadKey.PICK)
    assert listener.studio.intents == [view.StillHere()]
    listener.studio.stage.show(VIEWS["review"])
    assert "Apakah sudah benar semua?" in listener.words()


def test_repeat_says_it_again_and_a_held_one_helps(listener: Listener) -> None:
    first = _show(listener, "done")
    listener.press(PadKey.REPEAT)
    assert "PIN Anda sudah diganti" in first
    assert "PIN Anda sudah diganti" in listener.words()
    listener.hold_repeat()
    heard = listener.words()
    assert "dengan empat tombol" in heard
    assert "PIN Anda sudah diganti" in heard


def test_repeat_wakes_the_voice(listener: Listener) -> None:
    quiet = msgspec.structs.replace(VIEWS["attract"], preferences=view.Preferences())
    listener.studio.stage.show(quiet)
    assert listener.words() == ""
    listener.press(PadKey.REPEAT)
    assert view.Prefer(SPEAKING) in listener.studio.intents
    listener.studio.stage.show(VIEWS["attract"])
    heard = listener.words()
    assert "Suara menyala" in heard
    assert "Tempelkan e-KTP Anda pada pembaca kartu" in heard
    listener.studio.stage.show(quiet)
    assert listener.news()[-1] == {"hush": True}


def test_what_a_printer_says_later_does_not_cut_the_code_short(listener: Listener) -> None:
    assert "7KQ4M-Z9TXB" in _show(listener, "ticket-printing")
    listener.studio.stage.show(VIEWS["ticket-printed"])
    (entry,) = listener.news()
    assert entry["after"]
    assert "Tiket sudah dicetak. Silakan ambil." in entry["words"]


def test_the_focus_stays_where_it_is_when_the_page_is_drawn_anew(listener: Listener) -> None:
    _show(listener, "home-many")
    listener.press(PadKey.NEXT)
    listener.press(PadKey.NEXT)
    assert isinstance(before := listener.studio.guide.spot, Item)
    state = VIEWS["home-many"]
    home = SCREENS["home-many"]
    assert isinstance(home, view.Home)
    fewer = msgspec.structs.replace(home, pending=home.pending[:1])
    listener.studio.stage.show(msgspec.structs.replace(state, screen=fewer))
    listener.breathe()
    assert listener.studio.guide.spot == before


@pytest.mark.parametrize("name", ["letters", "form-choice-made"])
def test_the_ring_is_wide_and_seen_on_any_ground(listener: Listener, name: str) -> None:
    listener.studio.stage.show(VIEWS[name])
    listener.breathe()
    for _ in range(len(rows(list(pressable(listener.studio.stage.look()[2]))))):
        listener.press(PadKey.NEXT)
        picture = listener.studio.picture().convert("RGB")
        left, bottom, right, _ = listener.studio.guide.ring.box
        column = round((left + right) / 2)
        edge = picture.height - round(bottom)
        below = [picture.getpixel((column, edge + off)) for off in range(-4, theme.mm(3.2))]
        for colour in (INNER, OUTER):
            wanted = tuple(round(part * 255) for part in colour[:3])
            assert below.count(wanted) >= RING_MM * theme.pixels_per_mm() - 1.5
        for ground in (below[0], below[-1]):
            assert (
                max(
                    contrast(ground, _rgb(INNER)),
                    contrast(ground, _rgb(OUTER)),
                )
                >= 3
            )


def test_no_colour_hides_both_bands() -> None:
    for red in range(0, 256, 15):
        for green in range(0, 256, 15):
            for blue in range(0, 256, 15):
                ground = (red, green, blue)
                bands = (_rgb(INNER), _rgb(OUTER))
                assert max(contrast(ground, band) for band in bands) >= 3


def _rgb(colour: theme.Colour) -> tuple[int, int, int]:
    red, green, blue = (round(part * 255) for part in colour[:3])
    return red, green, blue


def test_a_finger_takes_the_ring_away(listener: Listener) -> None:
    from kivy.tests.common import UnitTestTouch

    _show(listener, "review")
    listener.press(PadKey.NEXT)
    assert listener.studio.guide.ring.box
    touch = UnitTestTouch(5, 5)
    touch.touch_down()
    touch.touch_up()
    listener.breathe()
    assert not listener.studio.guide.ring.box


def test_a_voice_that_fails_is_told_to_the_controller_once(
    listener: Listener, tmp_path: Path
) -> None:
    studio = Studio(ears=Ears(Transcript(tmp_path / "nowhere" / "heard")))
    studio.stage.show(VIEWS["review"])
    listener.breathe()
    listener.breathe()
    (said,) = studio.intents
    assert isinstance(said, view.SoundFailed)
    assert "transcript" in said.reason
    studio.stage.prepare()
    listener.breathe()
    studio.stage.show(VIEWS["home"])
    listener.breathe()
    listener.breathe()
    assert studio.intents == [said, said], "a controller that was started anew knows nothing"
    studio.close()


def test_on_a_darkened_screen_no_ring_tells_where_the_keys_stand(listener: Listener) -> None:
    hidden = msgspec.structs.replace(SPEAKING, hidden=True)
    listener.studio.stage.show(msgspec.structs.replace(_typed(0), preferences=hidden))
    listener.press(PadKey.NEXT)
    assert listener.studio.guide.spot is not None
    assert not listener.studio.guide.ring.box
    listener.press(PadKey.PICK)
    assert listener.studio.intents[-1] == view.Digit(1)


# ---------------------------------------------------------------- the strip and its panel


def _answer(listener: Listener) -> None:
    """What the controller would show for the last intent."""
    shown, intent = listener.studio.stage.view, listener.studio.intents[-1]
    assert shown is not None
    if isinstance(intent, view.Adjust):
        shown = msgspec.structs.replace(shown, adjusting=intent.open)
    elif isinstance(intent, view.Prefer):
        shown = msgspec.structs.replace(shown, preferences=intent.preferences)
    listener.studio.stage.show(shown)


def _pick(listener: Listener, target_id: str) -> str:
    """Walk to it and press it, on whichever leaf it stands; what is heard of what then comes."""
    turned = -1
    for step in range(90):
        listener.press(PadKey.NEXT)
        spot = listener.studio.guide.spot
        assert isinstance(spot, Item)
        if spot.id == target_id:
            break
        if spot.id == "more" and step - turned > 20:
            turned = step
            listener.press(PadKey.PICK)
    else:
        raise AssertionError(f"no key leads to {target_id}")
    while not listener.studio.stage.settled:
        listener.breathe()
    listener.press(PadKey.PICK)
    listener.words()
    _answer(listener)
    return listener.words()


def test_the_language_is_changed_by_keys_alone(listener: Listener) -> None:
    _show(listener, "home")
    heard = _pick(listener, "adjust")
    assert listener.studio.intents[-1] == view.Adjust(True)
    assert _said("Besar huruf", heard)
    stops, _ = _walk(listener)
    ids = {stop.id for stop in stops if isinstance(stop, Item)}
    assert {"language-en", "text-large", "theme-dark", "more", "adjusted"} <= ids
    assert "adjust" not in ids, "the panel is open already"
    heard = _pick(listener, "language-en")
    assert _said("Size of letters", heard), "the panel is heard in the language that was chosen"
    assert _said("English choice 3 of 3 selected", heard), heard
    assert not _said("Reader ready", heard), "what works is no news"
    heard = _pick(listener, "adjusted")
    assert listener.studio.intents[-1] == view.Adjust(False)
    assert _said("Welcome", heard)
    assert {entry["language"] for entry in listener.entries[-1:]} == {"en"}


def test_who_changes_colours_by_keys_stays_where_they_are(listener: Listener) -> None:
    _show(listener, "home")
    _pick(listener, "adjust")
    heard = _pick(listener, "theme-contrast")
    spot = listener.studio.guide.spot
    assert isinstance(spot, Item)
    assert (spot.id, spot.chosen) == ("theme-contrast", True)
    assert not _said("Besar huruf", heard), "nothing of it became another"


def test_a_darkened_screen_is_lit_again_by_keys(listener: Listener) -> None:
    _show(listener, "home")
    _pick(listener, "adjust")
    for is_hidden in (True, False):
        _pick(listener, "hidden")
        shown = listener.studio.stage.view
        assert shown is not None
        assert shown.preferences.hidden is is_hidden


def test_a_button_without_room_for_words_is_heard_all_the_same(tmp_path: Path) -> None:
    set_panel("7-inch-800x480")
    listener = Listener(tmp_path / "heard.jsonl")
    large = msgspec.structs.replace(SPEAKING, text_size="largest")
    listener.studio.stage.show(msgspec.structs.replace(VIEWS["home"], preferences=large))
    listener.breathe()
    assert listener.studio.stage.strip.compact
    listener.press(PadKey.NEXT)
    listener.press(PadKey.PREVIOUS)
    assert _said("Tombol Bahasa dan tampilan", listener.words())
    listener.close()
    set_panel("10-inch-1280x800")


def test_nothing_leads_from_the_idle_warning_to_the_strip(listener: Listener) -> None:
    asked = msgspec.structs.replace(VIEWS["home"], idle_seconds=20)
    listener.studio.stage.show(asked)
    stops, _ = _walk(listener)
    assert [stop.id for stop in stops if isinstance(stop, Item)] == ["still-here"]


def test_where_the_page_has_nothing_only_a_key_leads_to_the_strip(listener: Listener) -> None:
    _show(listener, "home")
    listener.press(PadKey.NEXT)
    _show(listener, "identify")
    assert listener.studio.guide.spot is None
    listener.press(PadKey.PICK)
    assert not listener.studio.intents or listener.studio.intents[-1] != view.Adjust(True)
    assert _said("Bahasa dan tampilan", listener.words())


def test_a_review_gains_and_loses_the_words_of_the_letter(listener: Listener) -> None:
    full = VIEWS["review"]
    assert isinstance(full.screen, view.Review)
    bare = msgspec.structs.replace(full.screen, words=(), proofs=())
    for screen in (bare, full.screen, bare, full.screen):
        listener.studio.stage.show(msgspec.structs.replace(full, screen=screen))
        listener.breathe()
        gc.collect()
    words = "".join(piece.text for piece in full.screen.words)
    everything = " ".join(text.text for text in texts(listener.studio.stage.look()[2]))
    assert words and words.split()[0] in everything
