"""Reading an e-KTP: the photo, which every reader can have, and what only a SAM opens."""

from __future__ import annotations

from hw.card import ektp_exchange as exchange
from hw.card.apdu import GET_UID
from hw.card.atr import is_storage_card
from hw.card.ektp_exchange import EktpTrouble, Trouble
from hw.card.emrtd_files import Photo, recognise_photo
from hw.card.slots import Slots
from hw.protocols import CardTrouble


def is_ektp(slots: Slots) -> bool | CardTrouble:
    """Whether the card has the e-KTP's application, which is then selected."""
    if is_storage_card(slots.atr):
        return False
    found = exchange.follow(exchange.SELECT, slots, {})
    return found if isinstance(found, CardTrouble) else isinstance(found, dict)


def read_photo(slots: Slots) -> Photo | Trouble:
    """The holder's photo; needs no SAM."""
    opened = exchange.follow(exchange.SELECT + exchange.SELECT_PHOTO, slots, {})
    if not isinstance(opened, dict):
        return opened
    data = exchange.read_whole(exchange.READ_PHOTO, slots, {})
    if not isinstance(data, bytes):
        return data
    return recognise_photo(data) or EktpTrouble.NOT_READABLE


def prove_genuine(slots: Slots) -> Trouble | None:
    """Let card and SAM prove to each other that they share a secret; None when they do. The
    e-KTP's application must have been selected.
    """
    proven = _prove(slots)
    return None if isinstance(proven, dict) else proven


def read_biodata(slots: Slots) -> bytes | Trouble:
    """The file of biodata, opened by the SAM; ``hw.card.biodata`` takes it apart."""
    selected = exchange.follow(exchange.SELECT, slots, {})
    if not isinstance(selected, dict):
        return selected
    proven = _prove(slots)
    if not isinstance(proven, dict):
        return proven
    opened = exchange.follow(exchange.SELECT_BIODATA, slots, proven)
    if not isinstance(opened, dict):
        return opened
    return exchange.read_whole(exchange.READ_BIODATA, slots, opened)


def _prove(slots: Slots) -> exchange.Kept | Trouble:
    if slots.sam is None:
        return EktpTrouble.NO_SAM
    answer = slots.picc(GET_UID)
    if isinstance(answer, CardTrouble):
        return answer
    if not answer.ok or not answer.data:
        return EktpTrouble.NOT_READABLE
    return exchange.follow(exchange.PROVE, slots, {"uid": answer.data})
