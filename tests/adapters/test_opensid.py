"""OpenSID's card numbers: brought over whole and right, or refused in words."""

from __future__ import annotations

import csv
import io
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.card.opensid import main
from hw.card.samples import tap_samples
from hw.card.tag_numbers import (
    ByteOrder,
    Habit,
    LearnTrouble,
    TagTrouble,
    digits_of,
    learn,
    looks_reversed,
    read_tag,
    was_rounded,
)
from hw.protocols import CardReport, ReaderOffline
from hw.virtual.memory_reader import MemoryReader
from hw.virtual.reader import VirtualReader

BIG, LITTLE = Habit(ByteOrder.BIG), Habit(ByteOrder.LITTLE)
LONG = bytes.fromhex("04A1B2C3D4E5F6")
SHORT = bytes.fromhex("A1B2C3D4")


def _tag(uid: bytes, order: ByteOrder = ByteOrder.BIG, width: int = 0) -> str:
    number = int.from_bytes(uid, "big" if order is ByteOrder.BIG else "little")
    return f"{number:0{width}d}"


# ---------------------------------------------------------------- one number


@pytest.mark.parametrize(
    ("tag", "habit", "uid"),
    [
        ("2712847316", BIG, "A1B2C3D4"),
        ("3569595041", LITTLE, "A1B2C3D4"),
        ("0000000001", BIG, "00000001"),
        ("0012345678", LITTLE, "4E61BC00"),
        ("1303689068602870", BIG, "04A1B2C3D4E5F6"),
        ("69495546249912580", LITTLE, "04A1B2C3D4E5F6"),
        ("00000000012345678", BIG, "00000000BC614E"),  # 17 digits wide: seven bytes
        ("21878420052224562106938", BIG, "04A2081230A92C3B123A"),
        ("0021878420052224562106938", BIG, "04A2081230A92C3B123A"),
        (" '2712847316", BIG, "A1B2C3D4"),
        ('="0012345678"', BIG, "00BC614E"),
        ("2712847316.0", BIG, "A1B2C3D4"),
    ],
)
def test_a_number_is_a_uid(tag: str, habit: Habit, uid: str) -> None:
    read = read_tag(tag, habit)
    assert isinstance(read, bytes), read
    assert read.hex().upper() == uid


@pytest.mark.parametrize(
    ("tag", "trouble"),
    [
        ("", TagTrouble.NOT_DECIMAL),
        ("A1B2C3D4", TagTrouble.NOT_DECIMAL),
        ("-5", TagTrouble.NOT_DECIMAL),
        ("27128 47316", TagTrouble.NOT_DECIMAL),
        ("٣٤٥", TagTrouble.NOT_DECIMAL),
        ("1.30375E+15", TagTrouble.ROUNDED),
        ("1,30375E+15", TagTrouble.ROUNDED),
        ("1303689068602870.0", TagTrouble.ROUNDED),
        ("0", TagTrouble.ZERO),
        ("0000000000", TagTrouble.ZERO),
        (str(1 << 80), TagTrouble.TOO_LARGE),
        ("9" * 5000, TagTrouble.TOO_LARGE),
        (_tag(bytes.fromhex("08112233")), TagTrouble.RANDOM),
        (_tag(bytes.fromhex("8804A1B2")), TagTrouble.CUT),
        (_tag(bytes.fromhex("04A1B2C3")), TagTrouble.MAYBE_CUT),
    ],
)
def test_what_is_no_uid_to_rely_on_is_told_by_name(tag: str, trouble: TagTrouble) -> None:
    assert read_tag(tag, BIG) is trouble


UID = st.sampled_from([4, 7, 10]).flatmap(lambda n: st.binary(min_size=n, max_size=n))


@given(UID, st.sampled_from(ByteOrder))
def test_a_whole_uid_comes_back_from_its_padded_number(uid: bytes, order: ByteOrder) -> None:
    tag = _tag(uid, order, {4: 10, 7: 17, 10: 25}[len(uid)])
    read = read_tag(tag, Habit(order, whole=True))
    if isinstance(read, bytes):
        assert read == uid
    else:
        assert not any(uid) or (len(uid) == 4 and uid[0] in (0x08, 0x88))


@given(st.text(max_size=40))
def test_any_text_is_a_uid_or_a_trouble(text: str) -> None:
    for habit in (BIG, LITTLE):
        read = read_tag(text, habit)
        assert isinstance(read, TagTrouble) or len(read) in (4, 7, 10)
    assert isinstance(digits_of(text), str)


# ---------------------------------------------------------------- one known card


@given(UID, st.sampled_from(ByteOrder))
def test_one_known_card_tells_the_order(uid: bytes, order: ByteOrder) -> None:
    learnt = learn(_tag(uid, order), uid)
    if uid == uid[::-1]:
        assert learnt is LearnTrouble.SAME_BOTH_WAYS
    else:
        assert learnt == Habit(order, True if len(uid) > 4 else None)


@pytest.mark.parametrize("order", ByteOrder)
@pytest.mark.parametrize("piece", [LONG[:4], LONG[-4:], b"\x88" + LONG[:3]])
def test_a_reader_that_cuts_is_found_out(piece: bytes, order: ByteOrder) -> None:
    habit = learn(_tag(piece, order), LONG)
    assert habit == Habit(order, False)
    assert read_tag(_tag(SHORT, order), Habit(order, False)) is TagTrouble.CUT


def test_an_other_card_tells_nothing() -> None:
    assert learn("2712847317", SHORT) is LearnTrouble.OTHER_CARD
    assert learn("A1B2C3D4", SHORT) is LearnTrouble.NOT_DECIMAL


def test_a_reader_known_to_be_whole_may_have_cards_of_four_bytes_that_begin_with_04() -> None:
    uid = bytes.fromhex("04A1B2C3")
    assert read_tag(_tag(uid), Habit(ByteOrder.BIG, True)) == uid


# ---------------------------------------------------------------- a column


def test_a_rounded_column_is_seen() -> None:
    tags = [f"{int(_tag(LONG)[:-1] + '7') + n * 1234567}" for n in range(6)]
    assert not was_rounded(tags)
    assert was_rounded([tag[:15] + "0" * (len(tag) - 15) for tag in tags])
    assert not was_rounded(["1303689068602870"])  # one zero is no proof


def test_a_reversed_column_is_seen() -> None:
    uids = [b"\x04" + bytes((n * 29 % 256, 1, 2, 3, n, n * 53 % 256)) for n in range(10)]
    assert not looks_reversed(uids)
    assert looks_reversed([uid[::-1] for uid in uids])
    assert not looks_reversed([uid[::-1] for uid in uids[:7]])  # too few to tell


# ---------------------------------------------------------------- a file

PEOPLE = [
    (f"35101952049{n:05d}", b"\x04" + bytes((0xA0 + n, 0xB2, 0xC3, n * 7, n * 31 % 256, 0xF6 - n)))
    for n in range(1, 11)
]
HEAD = "nama,nik,tag_id_card"


def _lines(order: ByteOrder = ByteOrder.BIG) -> list[str]:
    return [HEAD, *(f"SOMEBODY,{nik},{_tag(uid, order)}" for nik, uid in PEOPLE)]


def _run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lines: list[str], *options: str
) -> tuple[int, list[list[str]], str]:
    source = tmp_path / "in.csv"
    source.write_text("\n".join(lines) + "\n")
    code = main([*options, str(source)])
    out, complaints = capsys.readouterr()
    for nik, uid in PEOPLE:
        assert nik not in complaints
        assert uid.hex().upper() not in complaints and _tag(uid) not in complaints
    return code, list(csv.reader(io.StringIO(out))), complaints


WHOLE = [["nik", "uid"], *([nik, uid.hex().upper()] for nik, uid in PEOPLE)]


@pytest.mark.parametrize("order", ByteOrder)
def test_a_village_is_brought_over_with_one_tapped_card(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], order: ByteOrder
) -> None:
    sample = PEOPLE[3][1].hex(":")
    code, rows, complaints = _run(tmp_path, capsys, _lines(order), "--sample-uid", sample)
    assert (code, rows) == (0, WHOLE)
    assert complaints == "10 brought over, 0 bad lines\n"


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_files_of_other_programs_are_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], delimiter: str
) -> None:
    lines = [line.replace(",", delimiter) for line in _lines()]
    lines.insert(3, delimiter.join(("NOBODY", "3510195204900099", "")))  # has no card yet
    lines[0] = "\ufeff" + lines[0] + "\r"
    code, rows, _ = _run(tmp_path, capsys, lines, "--order", "big")
    assert (code, rows) == (0, WHOLE)


def test_one_bad_line_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [*_lines(), "X,3510195204900077,ABC", "Y,,2712847316", "Z,3510195204900078,1.3E+15"]
    lines += ["V,0,2712847317", "W,3.51020E+15,2712847318"]
    code, rows, complaints = _run(tmp_path, capsys, lines, "--order", "big")
    assert (code, rows) == (1, [])
    assert complaints.splitlines() == [
        "line 12: the tag is not a decimal number",
        "line 13: nobody is named",
        "line 14: a spreadsheet has rounded the tag; export it as text",
        "line 15: nobody is named",
        "line 16: a spreadsheet has rounded whose tag it is",
        "nothing written, 5 bad lines",
    ]


def test_the_good_lines_are_written_when_that_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [*_lines(), "X,3510195204900077,ABC"]
    code, rows, complaints = _run(tmp_path, capsys, lines, "--order", "big", "--skip-bad")
    assert (code, rows) == (1, WHOLE)
    assert complaints.endswith("10 brought over, 1 bad lines\n")


def test_a_tag_of_two_people_is_nobodys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    again = f"X,3510195204900077,{_tag(PEOPLE[0][1], width=17)}"
    lines = [*_lines(), again, _lines()[2]]  # the last is the same person once more
    code, rows, complaints = _run(tmp_path, capsys, lines, "--order", "big", "--skip-bad")
    assert code == 1
    assert rows == [WHOLE[0], *WHOLE[2:]]
    assert complaints.splitlines()[:2] == [
        "line 2: another person has the same tag",
        "line 12: another person has the same tag",
    ]


def test_a_reader_that_cut_leaves_nothing_to_bring_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [HEAD, *(f"SOMEBODY,{nik},{_tag(uid[:4], width=10)}" for nik, uid in PEOPLE)]
    sample = PEOPLE[0][1].hex()
    code, rows, complaints = _run(tmp_path, capsys, lines, "--sample-uid", sample)
    assert (code, rows) == (1, [])
    assert complaints.count("only four bytes of a longer UID") == 10
    code, _, complaints = _run(tmp_path, capsys, lines, "--order", "big")
    assert code == 1 and complaints.count("may be only four bytes") == 10


@pytest.mark.parametrize(
    ("change", "options", "words"),
    [
        (lambda lines: lines, [], "tap a card"),
        (lambda lines: lines, ["--sample-uid", "04 00 00 00 00 00 01"], "no line has the tag"),
        (lambda lines: lines, ["--order", "little"], "look reversed"),
        (
            lambda lines: lines,
            ["--order", "little", "--sample-uid", PEOPLE[0][1].hex()],
            "the samples say that the order is big",
        ),
        (
            lambda lines: lines[:6] + _lines(ByteOrder.LITTLE)[6:],
            ["--sample-uid", PEOPLE[0][1].hex(), "--sample-uid", PEOPLE[8][1].hex()],
            "readers of both orders",
        ),
        (lambda lines: lines[:1], ["--order", "big"], "no line has a tag"),
        (lambda lines: ["nama,nik,tag", *lines[1:]], ["--order", "big"], "'tag_id_card', once"),
        (lambda lines: ["nik,nik,tag_id_card", *lines[1:]], ["--order", "big"], "'nik', once"),
        (
            lambda lines: [HEAD, *(f"X,351019520490{n}0000,{n}" for n in range(10, 14))],
            ["--order", "big"],
            "rounded 'nik'",
        ),
        (lambda lines: [HEAD, 'X,"' + "1" * 200_000 + '",5'], ["--order", "big"], "is no CSV"),
    ],
)
def test_a_file_that_cannot_be_brought_over_is_refused_in_words(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    change: Callable[[list[str]], list[str]],
    options: list[str],
    words: str,
) -> None:
    code, rows, complaints = _run(tmp_path, capsys, change(_lines()), *options)
    assert (code, rows) == (2, [])
    assert words in complaints and len(complaints.splitlines()) == 1


def test_a_sample_that_reads_the_same_from_behind_tells_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [*_lines(), f"X,3510195204900077,{_tag(bytes.fromhex('A1B2B2A1'))}"]
    code, _, complaints = _run(tmp_path, capsys, lines, "--sample-uid", "A1B2B2A1")
    assert code == 2 and "take another card" in complaints


def test_a_file_that_is_no_text_or_not_there_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x").write_bytes(b"nik,tag_id_card\n\xff\xfe,1\n")
    assert main(["--order", "big", str(tmp_path / "x")]) == 2
    assert main(["--order", "big", str(tmp_path / "none")]) == 2
    assert main(["--order", "big", str(tmp_path)]) == 2
    out, complaints = capsys.readouterr()
    assert out == "" and "not UTF-8" in complaints and len(complaints.splitlines()) == 3


def test_the_file_written_is_whole_and_its_owners_alone(tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("\n".join(_lines()))
    command = [sys.executable, "-m", "hw.card.opensid", "--sample-uid", PEOPLE[0][1].hex()]
    subprocess.run([*command, "--output", target, source], check=True, capture_output=True)
    assert list(csv.reader(target.open(newline=""))) == WHOLE
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "out.csv"]


def test_what_cannot_be_written_leaves_no_piece_behind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "in.csv"
    source.write_text("\n".join(_lines()))
    (tmp_path / "taken").mkdir()
    assert main(["--order", "big", "--output", str(tmp_path / "taken"), str(source)]) == 2
    assert main(["--order", "big", "--output", str(tmp_path / "no" / "x"), str(source)]) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "taken"]
    assert len(capsys.readouterr().err.splitlines()) == 2


@pytest.mark.parametrize("uid", ["04A1B2", "XYZ", "04A1B2C3D4"])
def test_a_sample_that_is_no_uid_is_refused(uid: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--sample-uid", uid, "in.csv"])
    assert ended.value.code == 2 and "a UID" in capsys.readouterr().err


# ---------------------------------------------------------------- cards in the hand


class Hand:
    """Lays the next card down when it is told to, and takes it away when it is told to."""

    def __init__(self, *cards: bytes) -> None:
        self.reader = MemoryReader()
        self.heard: list[str] = []
        self._cards = iter(cards)

    def __call__(self, words: str) -> None:
        self.heard.append(words)
        if words.startswith("lay"):
            card = next(self._cards, None)
            if card is not None:
                self.reader.insert(card)
        else:
            self.reader.remove()

    def taps(self, count: int, seconds: float = 30) -> tuple[bytes, ...] | str:
        return tap_samples(self.reader, count, seconds, self)


def test_two_cards_are_tapped_and_not_shown() -> None:
    hand = Hand(LONG, SHORT)
    assert hand.taps(2) == (LONG, SHORT)
    assert hand.heard == [
        "lay card 1 of 2 on the reader",
        "read; take it away",
        "lay card 2 of 2 on the reader",
        "read; take it away",
    ]


def test_the_same_card_twice_is_one_and_a_random_uid_is_none() -> None:
    hand = Hand(LONG, LONG, b"\x08\x01\x02\x03", SHORT)
    assert hand.taps(2) == (LONG, SHORT)
    assert "that is the same card; take another" in hand.heard
    assert any("randomUid" in words for words in hand.heard)


def test_patience_with_somebody_who_has_no_card_ends() -> None:
    assert Hand().taps(1, seconds=0.05) == "nobody laid a card there"


def test_a_reader_that_is_not_there_is_told() -> None:
    class Unplugged(MemoryReader):
        def start(self, report: Callable[[CardReport], None]) -> None:
            report(ReaderOffline("no card reader is connected"))

    assert tap_samples(Unplugged(), 1, 30, lambda _: None) == "no card reader is connected"


def test_a_card_on_a_real_readers_daemon_proves_the_order(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], virtual_reader: VirtualReader
) -> None:
    virtual_reader.insert(PEOPLE[2][1])
    try:
        code, rows, complaints = _run(
            tmp_path, capsys, _lines(ByteOrder.LITTLE), "--tap", "1", "--reader", "00 00"
        )
    finally:
        virtual_reader.remove()
    assert (code, rows) == (0, WHOLE), complaints
    assert complaints.startswith("lay card 1 of 1 on the reader\n")
