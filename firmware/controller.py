"""The controller: one loop. Signals in, ``session.step``, commands out.

Only this thread calls ``step``, writes to the store and sends views. Everything else enqueues.
"""

from __future__ import annotations

import gc
import queue
import secrets
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime
from functools import partial

import msgspec

from firmware.asking import Asking, Sealer
from firmware.cards import Cards
from firmware.core import commands, events, session, wire
from firmware.core.errors import describe
from firmware.core.failures import failure_of
from firmware.core.lamps import lamps_of
from firmware.core.print_job import JobState
from firmware.core.projection import view_of
from firmware.core.state import Phase, State
from firmware.core.upkeep import UpkeepPolicy
from firmware.core.view import ViewState
from firmware.enrolling import Enrolling
from firmware.finding import Finding
from firmware.health import Readings, heartbeat
from firmware.inbox import Inbox
from firmware.inputs import Inputs
from firmware.kiosk_clock import KioskClock
from firmware.order_desk import Hands, OrderDesk
from firmware.outbox import Outbox
from firmware.parts import Parts
from firmware.post import Post
from firmware.print_books import PrintJob
from firmware.printing import Printing
from firmware.regency_line import RegencyLine
from firmware.service import ServiceDesk
from firmware.signals import (
    CardReported,
    InputReported,
    JobEnded,
    JobWent,
    KeyMade,
    LinkDown,
    LinkUp,
    MessageCame,
    PinTried,
    PrinterSeen,
    ScreenConnected,
    ScreenLost,
    ScreenSaid,
    Signal,
    Stop,
    ThreadFailed,
    UnitSeen,
)
from firmware.stamps import stamp
from firmware.upkeep import Upkeep
from firmware.vault import MadeKey
from firmware.visits import Visits, ticket_of
from hw.protocols import (
    CardNotPresent,
    CardPresent,
    CardReport,
    CardUnreadable,
    ReaderOffline,
    ReaderOnline,
)

TICK_SECONDS = 1.0


class Controller:
    """Runs a kiosk made of ``parts`` from ``state`` on, until it is told to stop."""

    _line: RegencyLine
    _orders: OrderDesk

    def __init__(
        self,
        parts: Parts,
        state: State,
        inbox: queue.SimpleQueue[Signal],
        random: Callable[[], float],
    ) -> None:
        self._parts = parts
        self._state = state
        self._inbox = Inbox(inbox)
        self._put = inbox.put
        self._events: deque[events.Event] = deque()
        self._serial = 0
        self._shown: ViewState | None = None
        self._stopping = False
        self._has_waste = False
        self._started_at = time.monotonic()
        self._clock = KioskClock(parts.store.orders, parts.journal)
        tell = self._events.append
        self._printing = Printing(
            parts.store,
            parts.journal,
            parts.print_key,
            self._clock.now_text,
            tell,
            self._collected,
            self._service_ended,
        )
        self._upkeep = Upkeep(
            _upkeep_policy(parts),
            parts.store.prints,
            parts.journal,
            self._clock.now,
            parts.roll[0].width_dots if parts.roll else 0,
        )
        self._desk = ServiceDesk(
            parts,
            self._printing,
            tell,
            lambda: self._line.is_online,
            self._clock.now,
            self._settings_renewed,
        )
        self._inputs = Inputs(parts.journal, tell, self._count_if_possible, parts.ups_seconds)
        self.battery_is_over = False
        self.must_restart = False
        self._visits = Visits(
            parts.kiosk.id, parts.keys, parts.store, parts.journal, parts.worker, tell
        )
        self._enrolling = Enrolling(
            parts.kiosk.id,
            parts.keys,
            parts.store,
            parts.journal,
            parts.worker,
            self._visits,
            tell,
        )
        self._visits.officers_see(self._enrolling.newest)
        self._cards = Cards(
            parts.kiosk.id,
            parts.keys[1],
            parts.store,
            parts.journal,
            parts.worker,
            self._visits,
            tell,
        )
        outbox = Outbox(parts.store, random, parts.backlog_seconds)
        self._line = RegencyLine(parts, outbox, self._clock.fresh_nonce, self._health)
        self._orders = OrderDesk(
            parts.kiosk.id,
            parts.command_key,
            parts.tuning,
            parts.store.orders,
            parts.journal,
            self._clock,
            self._hands(),
        )
        self._asking = Asking(
            parts.journal,
            self._visits,
            lambda: secrets.token_hex(16),
            partial(parts.link.publish, "ask"),
            lambda: self._line.is_online,
            time.monotonic,
            Sealer(parts.kiosk.id, parts.keys[1]),
        )
        self._visits.ask_with(self._asking)
        self._finding = Finding(
            parts.kiosk.id,
            parts.keys[1],
            parts.journal,
            partial(parts.link.publish, "find"),
            lambda: self._line.is_online,
            tell,
        )
        self._post = Post(
            parts.store,
            outbox,
            parts.journal,
            self._clock.now_text,
            self._line.answer,
            tell,
            self._changed,
            self._orders.take,
        )
        self._post.on_answer(self._asking.answered)
        self._post.on_found(self._finding.answered)

    def _hands(self) -> Hands:
        """What the order desk works with."""
        return Hands(
            self._events.append,
            self._desk.devices,
            self._line.be_born,
            self._line.hurry,
            self._settings_renewed,
            prints_tickets=self._parts.roll is not None,
        )

    # ------------------------------------------------------------ the loop

    def run(self) -> None:
        """Until Stop. A bug in one signal is journalled; the kiosk goes on with the next."""
        self._start()
        while not self._stopping:
            self._guarded(partial(self._take_all, self._inbox.next(TICK_SECONDS)))
            for task in (
                self._pass_time,
                self._tell_technician,
                self._work_off_events,
                self._show,
                self._keep_up,
            ):
                self._guarded(task)
        self._stop()

    def _take_all(self, signals: list[Signal]) -> None:
        messages = [(one.topic, one.payload) for one in signals if isinstance(one, MessageCame)]
        if messages:
            self._line.hurry()  # receipts make room
            self._post.take(messages)
        for signal in signals[len(messages) :]:
            self._take(signal)

    def _start(self) -> None:
        parts = self._parts
        self._guarded(lambda: self._count("boot"))  # a full card must not keep the kiosk down
        boot = parts.store.counter("boot")
        parts.journal.write("controller.started", boot=boot, version=parts.version)
        if parts.roll is not None:
            self._printing.attach_roll(*parts.roll)
        if parts.page is not None:
            self._printing.attach_page(*parts.page)
        self._guarded(self._printing.recover)
        self._guarded(self._orders.recover)
        lamps = parts.indicator
        parts.journal.write("lamps.state", state=lamps.state.value, detail=lamps.reason)
        lamps.show(lamps_of(self._state))
        parts.start(self._put)

    def _stop(self) -> None:
        """Step by step: what fails at one (a full disk) takes nothing from the next ones, nor from
        what the controller ends with.
        """
        parts = self._parts
        for task in (
            self._close_vault,
            self._line.farewell,
            self._printing.close,
            *parts.printer_closers(),
            self._hear_last_jobs,
            *parts.closers(),
            parts.store.close,
        ):
            self._guarded(task)
        parts.journal.write("controller.stopped")
        parts.journal.close()

    def _hear_last_jobs(self) -> None:
        """What was printed while everything stopped is still put into the books."""
        for signal in self._inbox.rest():
            if isinstance(signal, JobWent | JobEnded):
                self._guarded(partial(self._hear_job, signal))

    def _hear_job(self, signal: JobWent | JobEnded) -> None:
        match signal:
            case JobWent(job_id, sent_bytes, all_sent):
                self._printing.job_went(job_id, sent_bytes, all_sent)
            case JobEnded(job_id, outcome):
                self._has_waste = True
                self._printing.job_ended(job_id, outcome)

    def _unit_seen(self, seen: UnitSeen) -> None:
        """Another unit begins with books of its own; what this one can say is remembered."""
        books = self._parts.store.prints
        other = bool(seen.unit) and books.see_unit(seen.unit, self._clock.now_text())
        books.remember_abilities(seen.unit, seen.abilities)
        self._parts.journal.write(
            "printer.unit", unit=seen.unit, confirms=seen.confirms, other=other
        )

    def _pass_time(self) -> None:
        now = time.monotonic()
        self._inputs.warn_if_due(now)
        if self._inputs.battery_is_over(now):
            self._parts.journal.write("power.stopping", seconds=round(self._parts.ups_seconds))
            self._stopping = self.battery_is_over = True
        self._events.append(events.Tick(now, self._clock.now().date()))
        self._guarded(lambda: self._line.send_due(now))
        self._guarded(lambda: self._line.beat_if_due(now))

    def _keep_up(self) -> None:
        """What the kiosk does for itself while nobody is there."""
        state = self._state
        is_resting = state.phase in (Phase.ATTRACT, Phase.OUT_OF_SERVICE)
        rest = state.now - state.entered_at if is_resting else 0.0
        self._upkeep.look(self._printing, state.now, rest)
        if self._orders.restart_is_due(is_resting and self._printing.is_idle()):
            self._stopping = self.must_restart = True
        if is_resting and self._has_waste:
            self._has_waste = False
            gc.collect()  # what refers to itself would keep a visit's data until Python looks

    def _service_ended(self, name: str, state: JobState) -> None:
        self._orders.slip_ended(name, state)
        if self._upkeep.ended(name, state):
            self._line.beat_soon()

    def _tell_technician(self) -> None:
        self._desk.keep_told(self._state.service)

    def _guarded(self, do: Callable[[], None]) -> bool:
        """Do it; a failure (a full disk, a bug) is journalled and harms nothing else."""
        try:
            do()
        except Exception as error:  # noqa: BLE001 - the rim of one task
            self._parts.journal.write("controller.bug", error=describe(error))
            return False
        return True

    def _work_off_events(self) -> None:
        while self._events:
            before = self._state
            self._state, asked = session.step(before, self._events.popleft())
            for command in asked:
                self._execute_or_say(command)
            self._note_phase(before)

    def _note_phase(self, before: State) -> None:
        after = self._state
        if after.phase is not before.phase:
            self._parts.journal.write(
                "phase.changed", old=before.phase.value, new=after.phase.value, visit=after.visits
            )
        if after.visits != before.visits:
            self._guarded(lambda: self._count("visits"))

    def _count_if_possible(self, name: str) -> None:
        self._guarded(partial(self._count, name))

    def _count(self, name: str) -> None:
        self._parts.store.count(name)

    def _execute_or_say(self, command: commands.Command) -> None:
        """A command that fails must not leave the screen waiting for what will not come."""
        if not self._guarded(lambda: self._execute(command)):
            failed = failure_of(command)
            if failed is not None:
                self._events.append(failed)

    def _show(self, again: bool = False) -> None:
        """Send the view when it is another than the one on the screen."""
        fresh = view_of(self._state, 0)
        if fresh == self._shown and not again:
            return
        self._shown = fresh
        self._serial += 1
        self._parts.screen.show(msgspec.structs.replace(fresh, serial=self._serial))

    # ------------------------------------------------------------ signals

    def _take(self, signal: Signal) -> None:
        match signal:
            case CardReported(report):
                self._desk.hear_card(report)
                self._enrolling.hear(report)
                self._card_reported(report)
            case InputReported(report):
                self._desk.hear_input(report)
                self._inputs.take(report, time.monotonic())
                self._line.beat_soon()
            case PrinterSeen(medium, status):
                if self._printing.status.get(medium) != status:
                    self._line.beat_soon()
                self._desk.hear_printer(medium)
                self._printing.printer_seen(medium, status)
            case UnitSeen():
                self._unit_seen(signal)
            case JobWent() | JobEnded():
                self._hear_job(signal)
            case PinTried():
                now = time.monotonic()
                self._visits.pin_tried(signal.visit, signal.tag, signal.vault, now)
            case KeyMade(visit, key):
                self._key_made(visit, key, self._clock.now())
                self._line.hurry()
            case ScreenSaid(intent):
                self._events.append(events.Said(intent))
            case ScreenConnected():
                self._parts.journal.write("screen.connected")
                self._show(again=True)
            case ScreenLost(detail):
                self._parts.journal.write("screen.lost", detail=detail)
            case LinkUp():
                self._link_up()
            case LinkDown(detail):
                self._link_down(detail)
            case ThreadFailed(error):
                self._parts.journal.write("controller.bug", error=error)
            case Stop():
                self._stopping = True
            case MessageCame():
                pass  # taken with those that came with it
            case _:
                self._events.append(signal)

    def _key_made(self, visit: int, key: MadeKey, at: datetime) -> None:
        if not self._enrolling.key_made(visit, key, at):
            self._cards.key_made(visit, key, at)

    def _card_reported(self, report: CardReport) -> None:
        journal = self._parts.journal
        if isinstance(report, ReaderOnline | ReaderOffline):
            self._line.beat_soon()
        match report:
            case ReaderOnline(name):
                journal.write("card.reader", online=True, detail=name)
                self._events.append(events.ReaderChanged(online=True))
            case ReaderOffline(reason):
                journal.write("card.reader", online=False, detail=reason)
                self._events.append(events.ReaderChanged(online=False))
            case CardPresent(identity):
                self._events.append(events.CardTapped(identity))
            case CardUnreadable(trouble):
                journal.write("card.unreadable", trouble=trouble.value)
                self._events.append(events.CardFailed(trouble))
            case CardNotPresent():
                self._events.append(events.CardTaken())

    # ------------------------------------------------------------ commands

    def _execute(self, command: commands.Command) -> None:
        match command:
            case commands.LookUp():
                self._visits.look_up(command, time.monotonic())
            case commands.OpenVault():
                self._visits.open(command, time.monotonic())
            case commands.CheckPin():
                self._visits.check(command, time.monotonic())
            case commands.ChangePin():
                self._cards.change_pin(command)
            case commands.AwaitTaps(visit):
                self._enrolling.await_taps(visit)
            case commands.Enrol():
                self._enrolling.enrol(command)
            case commands.UnlockCard():
                self._enrolling.unlock(command)
            case commands.CloseVault():
                self._close_vault()
            case commands.Submit():
                self._submit(command)
            case commands.PrintTicket():
                self._print_ticket(command)
            case commands.PrintSigned():
                self._print_signed(command)
            case commands.RefreshLetters(visit):
                self._visits.refresh(visit)
            case commands.FindCode():
                self._finding.find(command)
            case commands.ShowLamps(pattern):
                self._parts.indicator.show(pattern)
            case commands.PrintStatusSlip():
                self._orders.slip_begins()
                self._desk.serve(command)
            case _:
                self._desk.serve(command)

    def _close_vault(self) -> None:
        self._has_waste = True
        self._visits.close()
        self._enrolling.stop()
        self._asking.stop()
        self._finding.stop()
        self._printing.visit_ended()

    def _submit(self, command: commands.Submit) -> None:
        letter = self._state.catalogue.get(command.letter_id)
        assert letter is not None
        self._visits.submit(command, letter, self._clock.now())
        self._line.hurry()

    def _print_ticket(self, command: commands.PrintTicket) -> None:
        summary = self._visits.summary(command.request_id)
        if summary is None:
            self._events.append(events.PrintReported(command.request_id, "unavailable"))
            return
        kiosk = self._parts.kiosk
        ticket = ticket_of(summary, kiosk.place, kiosk.track_url)
        self._printing.print_ticket(ticket, command.request_id)

    def _print_signed(self, command: commands.PrintSigned) -> None:
        visit, wanted = command.visit, command.request_id
        letter = self._visits.letter(visit, wanted) or self._finding.letter(visit, wanted)
        if letter is None:
            self._events.append(events.PrintReported(command.request_id, "unavailable"))
            return
        self._printing.print_letter(letter)

    def _collected(self, job: PrintJob, confirmed: bool) -> None:
        """A letter is on paper: the regency will hear of it, whatever happens now."""
        at = self._clock.now()
        event_id, when = stamp(at)
        self._parts.store.collect(
            job.id,
            "CONFIRMED" if confirmed else "UNCONFIRMED",
            event_id,
            when,
            lambda seq: wire.encode(
                wire.CollectedUp(
                    event_id,
                    seq,
                    when,
                    job.request_id,
                    job.medium,
                    confirmed,
                    job.copy,
                    self._parts.store.boot_id,
                )
            ),
        )
        self._line.hurry()

    # ------------------------------------------------------------ link

    def _link_up(self) -> None:
        self._parts.journal.write("link.changed", online=True, detail="")
        self._line.up()
        self._events.append(events.LinkChanged(online=True))

    def _link_down(self, detail: str) -> None:
        if self._line.is_online or self._state.now == 0.0:
            self._parts.journal.write("link.changed", online=False, detail=detail)
        self._line.down()
        self._events.append(events.LinkChanged(online=False))

    def _changed(self) -> None:
        """Something arrived: a visitor who looks at their letters sees it at once."""
        visitor = self._visits.visitor()
        if visitor is not None:
            self._visits.refresh(visitor[0])
            self._enrolling.see()

    def _health(self) -> wire.Heartbeat:
        readings = Readings(
            kiosk=self._parts.kiosk.id,
            at=self._clock.now_text(),
            uptime_seconds=int(time.monotonic() - self._started_at),
            reader_online=self._state.reader_online,
            printers=self._printing.status,
            indicator=self._parts.indicator.state,
            inputs=self._inputs.readings,
            version=self._parts.version,
            clock_offset=self._clock.offset(),
            in_service_mode=self._parts.tuning.in_service_mode,
            catalogue=self._state.catalogue.version,
        )
        return heartbeat(readings, self._parts.store, self._clock.now())

    def _settings_renewed(self) -> None:
        """What the session does not hold is taken up at once."""
        self._upkeep.policy = _upkeep_policy(self._parts)
        self._line.beat_soon()


def _upkeep_policy(parts: Parts) -> UpkeepPolicy:
    upkeep = parts.tuning.sections.upkeep
    return UpkeepPolicy(upkeep.idle_days, upkeep.quiet_hour)
