"""Days that are often the answer, to be chosen at one touch. Pure."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from firmware.core.answers import check_answer
from firmware.core.calendar import format_date, parse_date
from firmware.core.letters import Field
from firmware.core.view import Say, Shortcut

MOST = 5
_TODAY = (0, Say("Hari ini"))
_NEAR = (_TODAY, (1, Say("Besok")), (2, Say("Lusa")), (7, Say("Minggu depan")))
_PAST = (_TODAY, (-1, Say("Kemarin")), (-2, Say("Kemarin dulu")), (-7, Say("Minggu lalu")))
_LATER = (
    (1, Say("{n} bulan", {"n": "1"})),
    (3, Say("{n} bulan", {"n": "3"})),
    (6, Say("{n} bulan", {"n": "6"})),
    (12, Say("{n} tahun", {"n": "1"})),
)


def shortcuts(field: Field, answers: Mapping[str, str], today: date) -> tuple[Shortcut, ...]:
    """Those that ``field`` takes. A day that ends something counts from its beginning."""
    good = []
    for day, shown in _days(field, answers, today):
        value = format_date(day)
        if check_answer(field, {**answers, field.name: value}, today) is None:
            good.append(Shortcut(value, shown))
    return tuple(good[:MOST])


def _days(field: Field, answers: Mapping[str, str], today: date) -> Iterator[tuple[date, Say]]:
    began = parse_date(answers.get(field.not_before, "")) if field.not_before else None
    if began is not None:
        yield from ((months_after(began, months), shown) for months, shown in _LATER)
    else:
        near = _NEAR if field.max_days_ahead else _PAST
        yield from ((_later(today, days), shown) for days, shown in near)


def _later(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:  # a clock may stand at either end of the calendar
        return day


def months_after(day: date, months: int) -> date:
    """The same day so many months on, or the month's last; the calendar ends with year 9999."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
