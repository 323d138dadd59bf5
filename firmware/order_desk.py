"""The kiosk's order desk: what the regency orders, done once or not at all, and answered.

An order's number is marked, durably, before it runs: a power cut in between ends as "unknown",
never as a second run. What an order changes for good is kept in the same transaction as its
end. See ``firmware.core.orders``. Used by the controller's thread alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from firmware.core import orders
from firmware.core.errors import AnjunganError, WireError
from firmware.core.events import Event, IdentifyAsked, ServiceAsked, ServiceModeSet, SettingsCame
from firmware.core.orders import Close, Hold, Kind, Known, Run
from firmware.core.print_job import JobState
from firmware.core.trusted_clock import Foreign, Told, TooSlow
from firmware.core.view import DeviceLine
from firmware.core.wire import Order
from firmware.journal import Journal
from firmware.kiosk_clock import KioskClock
from firmware.order_books import Ending, OrderBooks, Outcome, Seen
from firmware.service import STATUS_SLIP
from firmware.stamps import stamp
from firmware.tuning import Changes, Tuning

_SLIPS = {
    JobState.CONFIRMED: "the printer confirmed it",
    JobState.UNCONFIRMED: "this printer cannot confirm it",
}


@dataclass(frozen=True, slots=True)
class Hands:
    """What the desk works with: ``tell`` passes an event to the session, ``devices`` says how
    they are, ``be_born`` publishes a birth with a fresh nonce, ``hurry`` has the outbox looked at
    now, ``renewed`` takes up settings that the session does not hold.
    """

    tell: Callable[[Event], None]
    devices: Callable[[], Sequence[DeviceLine]]
    be_born: Callable[[], None]
    hurry: Callable[[], None]
    renewed: Callable[[], None]
    prints_tickets: bool


@dataclass(frozen=True, slots=True)
class _Ended:
    """It ended at once."""

    outcome: Outcome
    detail: str = ""


class OrderDesk:
    """Takes what comes on dn/cmd and dn/cfg to ``kiosk``. ``key`` is the regency's public command
    key; without one nothing is taken.
    """

    def __init__(
        self,
        kiosk: str,
        key: bytes | None,
        tuning: Tuning,
        books: OrderBooks,
        journal: Journal,
        clock: KioskClock,
        hands: Hands,
    ) -> None:
        self._kiosk = kiosk
        self._key = key
        self._tuning = tuning
        self._books = books
        self._journal = journal
        self._hands = hands
        self._clock = clock
        self._slips: list[Seen] = []
        self._slips_begun: list[Seen] = []
        self._restart: Seen | None = None

    # ------------------------------------------------------------ time

    def _hear_clock(self, args: orders.ClockArgs) -> None:
        match self._clock.hear(args.nonce, args.time):
            case Told():
                pass
            case TooSlow():
                self._ask_time()
            case Foreign():
                raise WireError("a clock that answers no birth of ours")

    def _ask_time(self) -> None:
        if self._clock.may_ask():
            self._hands.be_born()

    # ------------------------------------------------------------ an order comes

    def recover(self) -> None:
        """At the start: what was under way when the controller ended. That it is here again is
        what ``restart`` was ordered for; of all else nobody can know.
        """
        for seen in self._books.under_way():
            if seen.name == orders.RESTART:
                self._end(seen, _Ended("done", "the controller has started again"))
            else:
                self._end(seen, _Ended("unknown", "the controller ended while it ran"))

    def take(self, kind: Kind, payload: bytes) -> None:
        """One message. Raises WireError for what is not the regency's word to this kiosk."""
        if self._key is None:
            raise WireError("this kiosk takes no orders: kiosk.toml names no command_key")
        order = orders.open_order(self._key, kind, self._kiosk, payload)
        if order.name == orders.CLOCK:
            args = orders.read_args(kind, order.name, order.args)
            assert isinstance(args, orders.ClockArgs)
            return self._hear_clock(args)
        seen = Seen(kind, order.number, order.id, order.name)
        memory = self._books.memory(kind, order.number)
        match orders.judge(order, memory, self._clock.trusted()):
            case Run():
                self._run(seen, order)
            case Close(outcome, reason):
                self._end(seen, _Ended(outcome, reason))
            case Hold():
                self._journal.write("order.held", name=seen.name, number=seen.number)
                self._ask_time()
            case Known():
                pass  # its answer waits in the outbox, or is with the regency
        return None

    def _run(self, seen: Seen, order: Order) -> None:
        try:
            args = orders.read_args(seen.kind, seen.name, order.args)
            changes = self._plan(seen.name, args)
        except AnjunganError as error:
            return self._end(seen, _Ended("refused", str(error)))
        if changes is not None:
            return self._change(seen, changes)
        self._books.begin(seen)
        self._journal.write("order.begun", name=seen.name, number=seen.number)
        ended = self._act(seen, args)
        if ended is not None:
            self._end(seen, ended)
        return None

    def _end(self, seen: Seen, ended: _Ended, changes: Changes | None = None) -> None:
        detail = ended.detail[: orders.LONGEST_DETAIL]
        ending = Ending(ended.outcome, detail, *stamp(self._clock.now()))
        self._books.close(seen, ending, changes)
        self._journal.write(
            "order.ended", name=seen.name, number=seen.number, outcome=ended.outcome
        )
        self._hands.hurry()

    # ------------------------------------------------------------ what changes for good

    def _plan(self, name: str, args: msgspec.Struct) -> Changes | None:
        """What the order would change, checked; None when it changes nothing for good."""
        match args:
            case orders.ConfigArgs(values):
                return self._tuning.plan_settings(values)
            case orders.CatalogueArgs(catalogue):
                return self._tuning.plan_catalogue(catalogue)
            case orders.ServiceModeArgs(on):
                return self._tuning.plan_service_mode(on)
        return self._tuning.plan_rollback() if name == orders.ROLLBACK else None

    def _change(self, seen: Seen, changes: Changes) -> None:
        """The change and its order's end are one: neither a power cut nor a full disk parts
        them. A visit that goes on keeps what it began with.
        """
        self._end(seen, _Ended("done"), changes)
        tuning = self._tuning
        tuning.take_up()
        self._hands.tell(ServiceModeSet(tuning.in_service_mode))
        self._hands.tell(SettingsCame(tuning.policy(), tuning.catalogue))
        self._hands.renewed()

    # ------------------------------------------------------------ what is done

    def _act(self, seen: Seen, args: msgspec.Struct) -> _Ended | None:
        """Do it. None: its end comes later."""
        match seen.name:
            case orders.IDENTIFY:
                assert isinstance(args, orders.IdentifyArgs)
                self._hands.tell(IdentifyAsked(self._kiosk, args.seconds))
                return _Ended("done")
            case orders.SELF_TEST:
                return _Ended("done", _findings(self._hands.devices()))
            case orders.STATUS_SLIP:
                return self._print_slip(seen)
            case orders.RESTART:
                self._restart = seen
                return None
        return _Ended("failed", "nothing is done for this order")

    def _print_slip(self, seen: Seen) -> _Ended | None:
        if not self._hands.prints_tickets:
            return _Ended("failed", "there is no ticket printer")
        self._slips.append(seen)
        self._hands.tell(ServiceAsked(long=False))
        return None

    def slip_begins(self) -> None:
        """A status slip is printed now: it is what was ordered so far. One that was under way
        before, while the order still waited for a visit's end, was not.
        """
        self._slips_begun += self._slips
        self._slips = []

    def slip_ended(self, name: str, state: JobState) -> None:
        """A service slip came to its last state: perhaps one that was ordered."""
        if name != STATUS_SLIP:
            return
        begun, self._slips_begun = self._slips_begun, []
        for seen in begun:
            detail = _SLIPS.get(state)
            self._end(
                seen, _Ended("done", detail) if detail else _Ended("failed", f"print {state.value}")
            )

    def restart_is_due(self, is_resting: bool) -> bool:
        """Whether the controller shall end now, to be started again: not in a visit or a print."""
        return self._restart is not None and is_resting


def _findings(devices: Sequence[DeviceLine]) -> str:
    """One line a device: how it is and, where it is not well, what the technician reads."""
    return "\n".join(
        f"{line.id}: {line.health}" + (f" ({line.status})" if line.health != "well" else "")
        for line in devices
    )
