"""What the regency does with a message, whatever carries it: commit, and only then receipt.

What cannot be used is buried with its reason and harms nothing else. Used by one thread.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import msgspec

from firmware.core import wire
from firmware.core.errors import WireError
from firmware.core.retry import resend_after
from regency.cards import Answer
from regency.intake import Intake
from regency.orders import Orders, Waiting
from regency.store import DownRow, Store
from regency.together import Arrival, Batch, Errand, burial, unpack

RESEND_BASE_SECONDS, RESEND_CAP_SECONDS = 120.0, 3600.0
"""A message down that was lost is rare: a kiosk that connects again is sent everything anew."""


@dataclass(frozen=True, slots=True)
class _Flight:
    attempt: int
    again_at: float


class Exchange:
    """Takes messages in and sends down what waits for a kiosk. ``publish`` is given a topic and
    a message; it may lose it, since what is not receipted is sent again. ``command_seed`` signs
    the time; without it no kiosk is told. ``sends_down`` is false where another worker does.
    ``clock`` counts seconds from anywhere.
    """

    def __init__(
        self,
        intake: Intake,
        store: Store,
        publish: Callable[[str, bytes], None],
        command_seed: bytes | None = None,
        sends_down: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._intake = intake
        self._store = store
        self._publish = publish
        self._orders = Orders(store, command_seed)
        self._sends_down = sends_down
        self._clock = clock
        self._sent: dict[str, int] = {}
        self._flights: dict[str, dict[int, _Flight]] = {}
        self._ordered: dict[Waiting, _Flight] = {}
        self._online: set[str] = set()

    def take(self, topic: str, payload: bytes, retained: bool = False) -> None:
        """One message from the broker."""
        self.take_all([Arrival(topic, payload, retained)])

    def take_all(self, arrivals: Iterable[Arrival]) -> None:
        """Messages from the broker, in their order; neighbours share a transaction. When it raises,
        some are not done, and all may be taken again.
        """
        batch = Batch(self._store.engine, self._receipt)
        speaks: dict[str, bool] = {}
        for arrival in arrivals:
            kiosk, kind = wire.split_topic(arrival.topic) or ("", "")
            if kiosk not in speaks:
                speaks[kiosk] = bool(kiosk) and self._intake.may_speak(kiosk)
            if speaks[kiosk]:
                self._take_one(batch, kiosk, kind, arrival)
            else:
                reason = "the kiosk is unknown or revoked"
                batch.add(kiosk, burial(arrival.topic, arrival.payload, reason, False))
        batch.commit()

    def _take_one(
        self, batch: Batch, kiosk: str, kind: str, arrival: Arrival, parcel: int = 0
    ) -> None:
        payload = arrival.payload
        try:
            if kind == "up/many":
                self._take_parcel(batch, kiosk, payload)
                return
            errand = self._errand(kiosk, kind, payload)
            if errand is None:
                batch.commit()
                self._sort(kiosk, kind, payload, arrival.retained)
                return
        except WireError as error:
            errand = burial(arrival.topic, payload, str(error), True)
        batch.add(kiosk, errand, parcel)

    def _take_parcel(self, batch: Batch, kiosk: str, payload: bytes) -> None:
        enclosed = unpack(payload)
        parcel = batch.open_parcel()
        for kind, raw in enclosed:
            arrival = Arrival(f"k1/{kiosk}/{kind}", raw)
            self._take_one(batch, kiosk, kind, arrival, parcel)

    def notify(self, kiosk: str) -> None:
        """Something new waits for this kiosk."""
        self._send_down(kiosk, self._sent.get(kiosk, 0))

    def send_new(self) -> None:
        """Send the kiosks that are there what was made for them since; another process may have."""
        if not self._online:
            return
        for kiosk, given in self._store.numbers_down().items():
            if kiosk in self._online and given > self._sent.get(kiosk, 0):
                self.notify(kiosk)

    def send_overdue(self) -> None:
        """Send again what the kiosks that are there should have receipted long ago."""
        for kiosk in self._online:
            self._send_overdue(kiosk)

    def send_orders(self) -> None:
        """Send the kiosks that are there what was ordered since, by another process perhaps, and
        again what they should have answered long ago.
        """
        if not self._online:
            return
        waiting = [one for one in self._orders.waiting() if one.kiosk in self._online]
        self._ordered = {one: self._ordered[one] for one in waiting if one in self._ordered}
        for one in waiting:
            self._order(one)

    def _order(self, one: Waiting) -> None:
        flight = self._ordered.get(one)
        if flight is None or self._clock() >= flight.again_at:
            self._ordered[one] = self._next_flight(flight)
            self._publish(wire.down_topic(one.kiosk, one.kind), self._orders.message(one))

    def _errand(self, kiosk: str, kind: str, payload: bytes) -> Errand | None:
        """What a message wants that is answered with a receipt at most; None for another."""
        match kind:
            case "up/req":
                return self._intake.request(kiosk, wire.decode(payload, wire.RequestUp))
            case "up/evt":
                event = wire.decode_event(payload)
                if isinstance(event, wire.CollectedUp):
                    return self._intake.collected(kiosk, event)
            case "up/rcp":
                return self._intake.receipt(kiosk, wire.decode(payload, wire.ReceiptUp))
        return None

    def _sort(self, kiosk: str, kind: str, payload: bytes, retained: bool) -> None:
        match kind:
            case "up/evt":
                self._take_event(kiosk, wire.decode_event(payload))
            case "up/ask":
                self._take_ask(kiosk, wire.decode(payload, wire.AskUp))
            case "up/find":
                found = self._intake.finds.answer(kiosk, wire.decode(payload, wire.FindUp))
                self._publish(wire.down_topic(kiosk, "find"), wire.encode(found))
            case "up/hb":
                self._intake.take_heartbeat(kiosk, wire.decode(payload, wire.Heartbeat))
                self._note_alive(kiosk)
            case "st":
                self._take_state(kiosk, wire.decode(payload, wire.StateUp), retained)
            case _:
                raise WireError("the regency knows no such topic")

    def _take_ask(self, kiosk: str, ask: wire.AskUp) -> None:
        asks = self._intake.asks
        for answer in asks.papers(kiosk, ask) if ask.sealed else [asks.answer(kiosk, ask)]:
            self._publish(wire.down_topic(kiosk, "ask"), wire.encode(answer))

    def _take_event(self, kiosk: str, event: wire.EventUp) -> None:
        match event:
            case wire.PinChangedUp():
                self._take_card(kiosk, self._intake.cards.take_pin_change(kiosk, event))
            case wire.EnrolUp():
                self._take_card(kiosk, self._intake.cards.take_enrolment(kiosk, event))
            case wire.OrderDone():
                self._receipt(kiosk, self._orders.take_done(kiosk, event))

    def _take_card(self, kiosk: str, answer: Answer) -> None:
        """The receipt goes first: until it has come, the kiosk takes no other key for the card.
        Other kiosks are told as well, each when it is there.
        """
        self._receipt(kiosk, answer.receipt)
        for touched in answer.touched & self._online:
            self.notify(touched)

    def _take_state(self, kiosk: str, state: wire.StateUp, retained: bool) -> None:
        if not state.online:
            self._online.discard(kiosk)
            return
        self._online.add(kiosk)
        self._tell_time(kiosk, state.nonce)
        self._intake.take_birth(kiosk, state, retained)
        self._send_down(kiosk, after=0)
        self._orders.follow(kiosk, state.last_order)
        if state.nonce and not retained:  # an older kiosk does not say what it has seen
            self._orders.give_again(kiosk, state.last_order)
        for one in self._orders.waiting(kiosk):
            self._ordered.pop(one, None)
            self._order(one)

    def _note_alive(self, kiosk: str) -> None:
        """Some brokers give no retained message to a subscription with wildcards, so a regency
        that has started again does not hear the births of kiosks that stayed connected.
        """
        if self._sends_down and kiosk not in self._online:
            self._online.add(kiosk)
            self._send_down(kiosk, after=0)

    def _tell_time(self, kiosk: str, nonce: str) -> None:
        """First of all: the kiosk counts from its birth, and judges orders by it."""
        clock = self._orders.clock(kiosk, nonce)
        if clock is not None:
            self._publish(wire.down_topic(kiosk, "cmd"), clock)

    def _receipt(self, kiosk: str, receipt: wire.Receipt) -> None:
        told = msgspec.structs.replace(receipt, many=wire.MANY)
        self._publish(wire.down_topic(kiosk, "rcp"), wire.encode(told))

    def _send_down(self, kiosk: str, after: int) -> None:
        """Never to a kiosk that was revoked, though it may still be connected."""
        if not self._store.may_speak(kiosk):
            return
        if not after:
            self._flights[kiosk] = {}
        for row in self._store.undelivered(kiosk, after):
            self._send(kiosk, row)

    def _send_overdue(self, kiosk: str) -> None:
        """A slow line may need minutes for what was sent: each time it is left in peace longer."""
        if not self._store.may_speak(kiosk):
            return
        waiting = self._store.undelivered(kiosk)
        flights = self._flights.get(kiosk, {})
        self._flights[kiosk] = {
            row.srv_seq: flights[row.srv_seq] for row in waiting if row.srv_seq in flights
        }
        for row in waiting:
            flight = flights.get(row.srv_seq)
            if flight is None or self._clock() >= flight.again_at:
                self._send(kiosk, row)

    def _send(self, kiosk: str, row: DownRow) -> None:
        flights = self._flights.setdefault(kiosk, {})
        flights[row.srv_seq] = self._next_flight(flights.get(row.srv_seq))
        self._publish(wire.down_topic(kiosk, "res"), row.payload)
        self._sent[kiosk] = max(self._sent.get(kiosk, 0), row.srv_seq)

    def _next_flight(self, last: _Flight | None) -> _Flight:
        attempt = last.attempt + 1 if last else 1
        draw = random.random()  # noqa: S311 (spreads what is sent again, no secret)
        wait = resend_after(attempt, draw, RESEND_BASE_SECONDS, RESEND_CAP_SECONDS)
        return _Flight(attempt, self._clock() + wait)
