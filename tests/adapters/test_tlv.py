"""BER-TLV: what is written is read again, and any bytes from a card are objects or a trouble."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.card import tlv
from hw.card.tlv import Header, Tlv, TlvTrouble

PRIMITIVE = st.sampled_from([0x01, 0x04, 0x5A, 0x84, 0x9F36, 0x5F0E, 0x5F1F, 0x5F8101, 0xDFFF7F])
TEMPLATE = st.sampled_from([0x30, 0x61, 0x6F, 0xA5, 0x7F49, 0x7F61, 0xBF0C, 0x7F8101])
OBJECT = st.recursive(
    st.builds(Tlv, PRIMITIVE, st.binary(max_size=300)),
    lambda inner: st.builds(
        lambda tag, children: Tlv(tag, children=tuple(children)),
        TEMPLATE,
        st.lists(inner, max_size=4),
    ),
    max_leaves=8,
)

FILE_CONTROL = bytes.fromhex("6F1A840E315041592E5359532E4444463031A5088801025F2D02656E")
"""A file control information template (7816-4, table 11) with a name, a short id, a language."""


def _objects(raw: bytes) -> tuple[Tlv, ...]:
    found = tlv.decode(raw)
    assert isinstance(found, tuple), found
    return found


def test_a_card_names_its_application() -> None:
    found = _objects(FILE_CONTROL)
    name = tlv.find(found, 0x6F, 0x84)
    language = tlv.find(found, 0x6F, 0xA5, 0x5F2D)
    assert name is not None and name.value == b"1PAY.SYS.DDF01"
    assert language is not None and language.value == b"en"
    assert tlv.find(found, 0x6F, 0xA5, 0x50) is None
    assert tlv.find(found, 0x84) is None


def test_the_way_goes_on_through_the_second_template_of_a_kind() -> None:
    found = _objects(bytes.fromhex("A103810101A103820102"))
    second = tlv.find(found, 0xA1, 0x82)
    assert second is not None and second.value == b"\x02"


@given(st.lists(OBJECT, max_size=4))
def test_what_is_written_is_read_again(objects: list[Tlv]) -> None:
    assert tlv.decode(b"".join(one.encode() for one in objects)) == tuple(objects)


@pytest.mark.parametrize("size", [0, 1, 127, 128, 255, 256, 65535, 65536])
def test_lengths_have_the_shortest_form(size: int) -> None:
    raw = Tlv(0x5F2E, bytes(size)).encode()
    assert _objects(raw) == (Tlv(0x5F2E, bytes(size)),)
    field = 1 if size < 128 else 1 + (size.bit_length() + 7) // 8
    assert len(raw) == 2 + field + size
    assert tlv.read_header(raw[:8]) == Header(0x5F2E, size, 2 + field)


def test_a_header_tells_how_much_of_a_file_to_read() -> None:
    header = tlv.read_header(bytes.fromhex("7582401A0201"))
    assert header == Header(0x75, 0x401A, 4)
    assert isinstance(header, Header) and header.whole == 0x401E


def test_longer_length_fields_than_needed_are_read() -> None:
    assert tlv.decode(bytes.fromhex("04830000020102")) == (Tlv(0x04, b"\x01\x02"),)


def test_erased_bytes_between_objects_are_passed_over() -> None:
    assert tlv.decode(bytes.fromhex("00000401AA0000A10400810101000000")) == (
        Tlv(0x04, b"\xaa"),
        Tlv(0xA1, children=(Tlv(0x81, b"\x01"),)),
    )


@pytest.mark.parametrize(
    ("raw", "trouble"),
    [
        ("04", TlvTrouble.TRUNCATED),
        ("0402AA", TlvTrouble.TRUNCATED),
        ("048201", TlvTrouble.TRUNCATED),
        ("5F", TlvTrouble.TRUNCATED),
        ("5F81", TlvTrouble.TRUNCATED),
        ("A1020402", TlvTrouble.TRUNCATED),
        ("30800401000000", TlvTrouble.INDEFINITE),
        ("0480", TlvTrouble.INDEFINITE),
        ("5F80010100", TlvTrouble.BAD_TAG),
        ("5F8181810100", TlvTrouble.BAD_TAG),
        ("0485000000000100", TlvTrouble.BAD_LENGTH),
        ("04FF", TlvTrouble.BAD_LENGTH),
        ("0484FFFFFFFF00", TlvTrouble.TRUNCATED),
    ],
)
def test_bad_input_is_told_by_name(raw: str, trouble: TlvTrouble) -> None:
    assert tlv.decode(bytes.fromhex(raw)) is trouble


def test_a_card_cannot_nest_without_end() -> None:
    raw = b""
    for _ in range(2000):
        raw = tlv.encode(0x30, raw)
    assert tlv.decode(raw) is TlvTrouble.TOO_DEEP


@given(st.binary(max_size=400))
def test_any_bytes_are_objects_or_a_trouble(raw: bytes) -> None:
    found = tlv.decode(raw)
    if isinstance(found, tuple):
        again = b"".join(one.encode() for one in found)
        assert len(again) <= len(raw)
        assert tlv.decode(again) == found
    else:
        assert isinstance(found, TlvTrouble)


@pytest.mark.parametrize("tag", [-1, 0, 0x5F, 0x5F80, 0x0401, 0x5F8181, 0x5F818101])
def test_what_is_no_tag_is_not_written(tag: int) -> None:
    with pytest.raises(ValueError, match="no BER-TLV tag"):
        tlv.encode(tag, b"")


def test_value_and_children_go_where_they_belong() -> None:
    with pytest.raises(ValueError, match="constructed"):
        Tlv(0x30, b"x").encode()
    with pytest.raises(ValueError, match="primitive"):
        Tlv(0x04, children=(Tlv(0x04),)).encode()


def test_reprs_hide_values() -> None:
    one = Tlv(0x30, children=(Tlv(0x5F0E, b"SITI"), Tlv(0x04, b"AMINAH")))
    assert repr(one) == "Tlv(30, Tlv(5F0E, <4 bytes>), Tlv(04, <6 bytes>))"
