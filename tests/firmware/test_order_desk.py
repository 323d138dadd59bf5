"""Orders at the kiosk: once or not at all, whatever the power, the line and the clock do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from firmware.core import orders
from firmware.core.errors import WireError
from firmware.core.events import IdentifyAsked, ServiceAsked, ServiceModeSet, SettingsCame
from firmware.core.letters import Catalogue
from firmware.core.print_job import JobState
from firmware.order_desk import OrderDesk
from firmware.service import STATUS_SLIP
from tests.core.samples import CATALOGUE, PLAIN
from tests.firmware.order_bench import KIOSK, NOW, SEED, Bench, PowerCutError, packed

SHORT = Catalogue(2, (PLAIN,))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    bench.tell_time()
    yield bench
    bench.close()


# ---------------------------------------------------------------- once


def test_an_order_is_done_and_answered(bench: Bench) -> None:
    order = bench.give("identify", {"seconds": 30})
    assert bench.told == [IdentifyAsked(KIOSK, 30)]
    [word] = bench.words()
    assert (word.order, word.number, word.outcome) == (order.id, 1, "done")


def test_an_order_that_comes_twice_runs_once_and_is_answered_once(bench: Bench) -> None:
    order = bench.an_order("identify", {})
    for _ in range(3):
        bench.hear("cmd", orders.sign(SEED, "cmd", order))
    bench.lose_power()
    bench.tell_time()
    bench.hear("cmd", orders.sign(SEED, "cmd", order))
    assert len(bench.told) == 1
    assert bench.answers() == [(1, "done")]


def test_an_old_order_is_not_run_after_a_newer_one(bench: Bench) -> None:
    bench.give("identify", number=7)
    for _ in range(2):
        bench.give("identify", number=5)
    assert bench.answers() == [(7, "done"), (5, "refused")]
    assert len(bench.told) == 1


def test_numbers_far_back_are_answered_no_more(bench: Bench) -> None:
    bench.give("identify", number=5000)
    for number in (1, 300, 4800):
        bench.give("identify", number=number)
    assert bench.answers() == [(5000, "done")]


def test_commands_and_settings_have_numbers_of_their_own(bench: Bench) -> None:
    """The broker may hand one topic's message on before the other's."""
    bench.give("config", {"values": {}}, number=9)
    bench.give("identify", number=8)
    assert bench.answers() == [(9, "done"), (8, "done")]
    assert bench.store.orders.highest() == 9


def test_a_power_cut_between_mark_and_run_is_no_second_run(bench: Bench) -> None:
    order = bench.give("status-slip")
    bench.lose_power()
    assert bench.answers() == [(1, "unknown")]
    bench.tell_time()
    bench.hear("cmd", orders.sign(SEED, "cmd", order))
    bench.lose_power()
    assert bench.answers() == [(1, "unknown")]
    assert bench.told == [ServiceAsked(long=False)]


def test_an_order_is_marked_before_it_runs(bench: Bench) -> None:
    bench.dies_at_work = True
    order = bench.an_order("self-test", {})
    with pytest.raises(PowerCutError):
        bench.hear("cmd", orders.sign(SEED, "cmd", order))
    bench.dies_at_work = False
    bench.lose_power()
    bench.tell_time()
    bench.hear("cmd", orders.sign(SEED, "cmd", order))
    assert bench.examined == 1
    assert bench.answers() == [(1, "unknown")]


def test_a_full_disk_lets_nothing_run(bench: Bench) -> None:
    with closing(sqlite3.connect(bench.folder / "kiosk.db")) as db:
        db.executescript(
            "CREATE TRIGGER full BEFORE INSERT ON order_seen"
            " BEGIN SELECT RAISE (ABORT, 'disk full'); END"
        )
    with pytest.raises(sqlite3.Error):
        bench.give("identify")
    assert bench.told == [] and bench.answers() == []


# ---------------------------------------------------------------- whose word


def test_what_is_not_the_regencys_word_leaves_no_trace(bench: Bench) -> None:
    order = bench.an_order("identify", {})
    theirs = replace(order, kiosk="3510192001-2")
    for raw in (
        orders.sign(b"\x06" * 32, "cmd", order),
        orders.sign(SEED, "cfg", order),
        orders.sign(SEED, "cmd", theirs),
        orders.sign(SEED, "cmd", order)[:-40],
        b"{}",
        b"x" * 600_000,
    ):
        with pytest.raises(WireError):
            bench.hear("cmd", raw)
    assert bench.told == [] and bench.answers() == []
    assert bench.store.orders.highest() == 0


def test_a_kiosk_without_a_command_key_takes_nothing(bench: Bench) -> None:
    desk = OrderDesk(
        KIOSK,
        None,
        bench.tuning,
        bench.store.orders,
        bench.journal,
        bench.clock,
        bench.desk._hands,
    )
    with pytest.raises(WireError, match="takes no orders"):
        desk.take("cmd", orders.sign(SEED, "cmd", bench.an_order("identify", {})))


@pytest.mark.parametrize(
    ("name", "args"),
    [("format-disk", {}), ("identify", {"seconds": 0}), ("identify", {"shell": "reboot"})],
)
def test_what_is_not_on_the_list_is_refused(bench: Bench, name: str, args: dict[str, int]) -> None:
    bench.give(name, args)
    assert bench.told == []
    [word] = bench.words()
    assert word.outcome == "refused" and word.detail


# ---------------------------------------------------------------- time


@pytest.mark.parametrize("wall", [0.0, 2_208_988_800.0])
def test_a_clock_in_1970_or_2040_changes_nothing(bench: Bench, wall: float) -> None:
    bench.wall = wall
    bench.give("identify")
    bench.give("identify", expires_at=int(bench.truth) - 1, issued_at=int(bench.truth) - 60)
    assert bench.answers() == [(1, "done"), (2, "expired")]
    assert bench.clock.offset() == round(wall - bench.truth)


def test_without_the_time_an_order_waits_and_the_time_is_asked_for(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    order = bench.give("identify")
    assert bench.told == [] and bench.answers() == []
    assert len(bench.births) == 1
    bench.hear("cmd", orders.sign(SEED, "cmd", order))
    assert len(bench.births) == 1  # not at once again
    bench.tell(bench.births[-1])
    bench.hear("cmd", orders.sign(SEED, "cmd", order))
    assert bench.answers() == [(1, "done")]
    bench.close()


def test_a_clock_of_yesterday_revives_no_order(bench: Bench) -> None:
    old_nonce = bench.clock.fresh_nonce()
    old_clock = bench.an_order("clock", {"nonce": old_nonce, "time": int(bench.truth)}, number=0)
    order = bench.an_order("restart", {})
    bench.lose_power()
    bench.wait(86400)
    bench.clock.fresh_nonce()
    with pytest.raises(WireError, match="answers no birth"):
        bench.hear("cmd", orders.sign(SEED, "cmd", old_clock))
    bench.hear("cmd", orders.sign(SEED, "cmd", order))
    assert not bench.desk.restart_is_due(is_resting=True)
    assert bench.answers() == []
    bench.tell_time()
    bench.hear("cmd", orders.sign(SEED, "cmd", order))
    assert bench.answers() == [(1, "expired")]


def test_a_clock_that_comes_late_is_asked_for_again(bench: Bench) -> None:
    nonce = bench.clock.fresh_nonce()
    bench.wait(121)
    bench.tell(nonce)
    assert len(bench.births) == 1


def test_what_ended_before_the_last_known_time_needs_no_clock(bench: Bench) -> None:
    order = bench.an_order("identify", {})
    bench.wait(7200)
    bench.tell_time()
    bench.lose_power()
    bench.hear("cmd", orders.sign(SEED, "cmd", order))
    assert bench.answers() == [(1, "expired")]


@pytest.mark.parametrize("wall", [0.0, 2_208_988_800.0])
def test_once_told_the_kiosk_writes_the_right_day(bench: Bench, wall: float) -> None:
    bench.wall = wall
    bench.wait(3600)
    assert bench.clock.now().timestamp() == bench.truth


def test_a_small_difference_is_not_worth_a_jump(bench: Bench) -> None:
    bench.wall += 59
    assert bench.clock.now().timestamp() == bench.wall


def test_before_it_is_told_a_kiosk_is_not_earlier_than_it_was_before(bench: Bench) -> None:
    bench.lose_power()
    bench.wall = 0.0
    bench.wait(600)
    assert bench.clock.now().timestamp() == NOW + 600
    bench.wall = NOW + 86400.0  # a network time server was in reach
    assert bench.clock.now().timestamp() == bench.wall


# ---------------------------------------------------------------- what is done


def test_a_self_test_tells_how_the_devices_are(bench: Bench) -> None:
    bench.give("self-test")
    assert bench.words()[0].detail == "reader: well\nlamps: notThere (Tidak menjawab)"


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        (JobState.CONFIRMED, "done"),
        (JobState.UNCONFIRMED, "done"),
        (JobState.UNKNOWN, "failed"),
        (JobState.VOID, "failed"),
    ],
)
def test_a_slip_is_done_when_it_is_on_paper(bench: Bench, state: JobState, outcome: str) -> None:
    bench.give("status-slip")
    assert bench.told == [ServiceAsked(long=False)]
    assert bench.answers() == []
    bench.desk.slip_ended("test-slip-1", JobState.CONFIRMED)
    assert bench.answers() == []
    bench.desk.slip_ended(STATUS_SLIP, JobState.CONFIRMED)  # the button's, under way before
    assert bench.answers() == []
    bench.desk.slip_begins()
    bench.desk.slip_ended(STATUS_SLIP, state)
    bench.desk.slip_ended(STATUS_SLIP, JobState.CONFIRMED)  # the button's, later
    assert bench.answers() == [(1, outcome)]


def test_no_slip_without_a_ticket_printer(bench: Bench) -> None:
    bench.prints_tickets = False
    bench.lose_power()
    bench.tell_time()
    bench.give("status-slip")
    assert bench.answers() == [(1, "failed")]


def test_a_restart_waits_for_rest_and_is_done_when_the_kiosk_is_back(bench: Bench) -> None:
    bench.give("restart")
    assert not bench.desk.restart_is_due(is_resting=False)
    assert bench.desk.restart_is_due(is_resting=True)
    assert bench.answers() == []
    bench.lose_power()
    assert bench.answers() == [(1, "done")]
    assert not bench.desk.restart_is_due(is_resting=True)


def test_service_mode_outlives_a_power_cut(bench: Bench) -> None:
    bench.give("service-mode", {"on": True})
    assert ServiceModeSet(True) in bench.told
    bench.lose_power()
    assert bench.tuning.in_service_mode
    bench.tell_time()
    bench.give("service-mode", {"on": False})
    bench.lose_power()
    assert not bench.tuning.in_service_mode
    assert bench.answers() == [(1, "done"), (2, "done")]


# ---------------------------------------------------------------- settings


def test_settings_are_taken_and_kept(bench: Bench) -> None:
    bench.give("config", {"values": {"visit.idle_seconds": 45, "upkeep.quiet_hour": 2}})
    came = next(event for event in bench.told if isinstance(event, SettingsCame))
    assert came.policy.idle == 45
    bench.lose_power()
    assert bench.tuning.policy().idle == 45
    assert bench.tuning.sections.upkeep.quiet_hour == 2


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"visit.idle_second": 45}, "did you mean visit.idle_seconds?"),
        ({"printer.driver": True}, "cannot be set from afar"),
        ({"kiosk.id": 1}, "cannot be set from afar"),
        ({"visit.idle_seconds": 1}, "from 15 to 600"),
        ({"visit.card_must_stay": 5}, "[visit] card_must_stay: expected `bool`, got `int`"),
        ({"upkeep.quiet_hour": 24}, "[upkeep] quiet_hour: expected `int` <= 23"),
    ],
)
def test_settings_are_taken_whole_or_not_at_all(
    bench: Bench, values: dict[str, int], sentence: str
) -> None:
    bench.give("config", {"values": {"visit.answer_seconds": 20}})
    bench.give("config", {"values": {"visit.answer_seconds": 40, **values}})
    assert bench.answers() == [(1, "done"), (2, "refused")]
    assert sentence in bench.words()[1].detail
    bench.lose_power()
    assert bench.tuning.policy().answer == 20


def test_the_former_settings_come_back(bench: Bench) -> None:
    bench.give("config", {"values": {"visit.idle_seconds": 45}})
    bench.give("config", {"values": {"visit.idle_seconds": 90}})
    bench.give("config-rollback")
    assert bench.tuning.policy().idle == 45
    bench.give("config-rollback")
    assert bench.tuning.policy().idle == 90


def test_before_the_first_settings_are_those_of_the_file(bench: Bench) -> None:
    bench.give("config", {"values": {"visit.idle_seconds": 45}})
    bench.give("config-rollback")
    assert bench.tuning.policy().idle == 60


# ---------------------------------------------------------------- the catalogue


def test_a_catalogue_is_taken_and_kept(bench: Bench) -> None:
    bench.give("catalogue", {"catalogue": packed(SHORT)})
    came = next(event for event in bench.told if isinstance(event, SettingsCame))
    assert came.catalogue == SHORT
    bench.lose_power()
    assert bench.tuning.catalogue == SHORT


@pytest.mark.parametrize(
    "raw",
    [
        packed(SHORT)[: len(packed(SHORT)) // 2],
        b"",
        b"no zlib",
        packed(Catalogue(3, ())),
        packed(Catalogue(3, (PLAIN, PLAIN))),
    ],
)
def test_a_bad_catalogue_leaves_the_last_good_one(bench: Bench, raw: bytes) -> None:
    bench.give("catalogue", {"catalogue": packed(SHORT)})
    bench.give("catalogue", {"catalogue": raw})
    assert bench.answers() == [(1, "done"), (2, "refused")]
    bench.lose_power()
    assert bench.tuning.catalogue == SHORT


def test_a_catalogue_that_blows_up_is_refused(bench: Bench) -> None:
    huge = Catalogue(4, (replace(PLAIN, need="x" * 3_000_000),))
    bench.give("catalogue", {"catalogue": packed(huge)})
    assert bench.answers() == [(1, "refused")]
    assert "too large" in bench.words()[0].detail


def test_an_older_catalogue_does_not_come_back(bench: Bench) -> None:
    old = bench.an_order("catalogue", {"catalogue": packed(CATALOGUE)})
    bench.give("catalogue", {"catalogue": packed(SHORT)})
    bench.hear("cfg", orders.sign(SEED, "cfg", old))
    assert bench.tuning.catalogue == SHORT


def test_another_file_in_its_place_is_newer_than_what_was_sent(bench: Bench) -> None:
    bench.give("catalogue", {"catalogue": packed(SHORT)})
    bench.file_catalogue = replace(CATALOGUE, version=77)
    bench.lose_power()
    assert bench.tuning.catalogue == bench.file_catalogue


def test_what_was_kept_and_is_not_understood_any_more_is_left_aside(bench: Bench) -> None:
    bench.give("config", {"values": {"visit.idle_seconds": 45}})
    bench.give("catalogue", {"catalogue": packed(SHORT)})
    with closing(sqlite3.connect(bench.folder / "kiosk.db")) as db:
        for name, payload in (("settings", b'{"visit.gone": 1}'), ("catalogue", b"{}")):
            db.execute("UPDATE kept SET payload = ? WHERE name = ?", (payload, name))
        db.commit()
    bench.lose_power()
    assert bench.tuning.policy().idle == 60
    assert bench.tuning.catalogue == CATALOGUE
    journal = (bench.folder / "journal.jsonl").read_text()
    assert "settings.unusable" in journal and "catalogue.unusable" in journal
