"""Each profile's own table in kiosk.toml, for example [card.uid_tag], checked.

A wrong key or value is a ValueError of one sentence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from hw.card.profiles import ektp_sam, emrtd, uid_tag
from hw.card.profiles.kinds import Profile
from hw.near import nearest

Section = Mapping[str, Any]


def make_profiles(names: Sequence[str], section: Section) -> tuple[Profile, ...]:
    """The profiles in this order, each with the table of its name in the [card] ``section``."""
    for name in section:
        if name in _MAKERS:
            _MAKERS[name](_table(name, section))  # a profile not in use is checked all the same
    _refuse_way_round_the_proof(names, section)
    return tuple(_MAKERS[name](_table(name, section)) for name in names)


def _table(name: str, section: Section) -> Section:
    table = section.get(name, {})
    if not isinstance(table, dict):
        raise ValueError(f"[card] {name} must be a table of its own, [card.{name}]")
    return table


def _refuse_way_round_the_proof(names: Sequence[str], section: Section) -> None:
    """A blank card with an e-KTP's UID has no e-KTP application to fail at: ``uid_tag`` would take
    it for the same person.
    """
    proof = ektp_sam.NAME in names and _table(ektp_sam.NAME, section).get("authenticate", False)
    if proof and uid_tag.NAME in names:
        raise ValueError(
            "[card.ektp_sam] authenticate = true proves nothing beside 'uid_tag', which "
            "takes a copied UID without any proof: leave 'uid_tag' out of [card] profiles"
        )


def _ektp_sam(table: Section) -> Profile:
    _refuse_unknown(ektp_sam.NAME, table, ("authenticate",))
    wanted = table.get("authenticate", False)
    if not isinstance(wanted, bool):
        raise ValueError(f"[card.ektp_sam] authenticate = {wanted!r} must be true or false")
    return partial(ektp_sam.read, authenticate=wanted)


def _emrtd(table: Section) -> Profile:
    _refuse_unknown(emrtd.NAME, table, ())
    return emrtd.read


def _uid_tag(table: Section) -> Profile:
    _refuse_unknown(uid_tag.NAME, table, ("lengths",))
    lengths = table.get("lengths", list(uid_tag.UID_LENGTHS))
    sound = isinstance(lengths, list) and lengths and all(n in uid_tag.UID_LENGTHS for n in lengths)
    if not sound:
        raise ValueError(f"[card.uid_tag] lengths = {lengths!r} must be a list out of 4, 7 and 10")
    return partial(uid_tag.read, lengths=tuple(lengths))


_MAKERS = {ektp_sam.NAME: _ektp_sam, emrtd.NAME: _emrtd, uid_tag.NAME: _uid_tag}


def _refuse_unknown(name: str, table: Section, known: Sequence[str]) -> None:
    for key in table:
        if key not in known:
            raise ValueError(f"[card.{name}] has no key {key!r}; {nearest(key, known)}")
