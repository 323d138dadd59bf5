"""The regency's ear and mouth on the broker.

The connection's threads only enqueue. One thread hands what is there to ``exchange``, which
commits and only then publishes the receipts.

What kiosks send is shared out among all workers (MQTT 5, 4.8.2): each message goes to one of
them. Worker 0 lives in the server. It alone hears births and sends down, since births come in
order on one connection only, and since it is told what the desk has decided. Sessions are clean:
what the broker had given to a worker that died is sent again by its kiosk.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable

from firmware.broker import Broker, Ears, Files, Session, Where
from firmware.core.errors import describe
from firmware.core.mqtt_version import Protocol
from regency.exchange import Exchange
from regency.intake import Intake
from regency.store import Store
from regency.together import MOST_TOGETHER, Arrival

KEEPALIVE_SECONDS = 30
RECONNECT_SECONDS = (1.0, 30.0)
LOOK_AGAIN_SECONDS = 60.0
ORDERS_SECONDS = 2.0
"""Orders are given by another process: so often the database is asked for them."""
CLIENT_ID = "regency"
MESSAGES = "k1/+/up/#"
SHARED = f"$share/{CLIENT_ID}/{MESSAGES}"
BIRTHS = "k1/+/st"
_log = logging.getLogger(__name__)
_Work = Arrival | Callable[[], None] | None


class Ingest:
    """Connects, listens, and has the exchange take and send messages in one thread. ``worker``
    tells several processes apart; only worker 0 sends down. Without ``shared`` it is alone.
    """

    def __init__(
        self,
        intake: Intake,
        store: Store,
        address: tuple[str, int],
        files: Files,
        worker: int = 0,
        look_again_seconds: float = LOOK_AGAIN_SECONDS,
        command_seed: bytes | None = None,
        shared: bool = True,
        protocol: Protocol = "auto",
    ) -> None:
        self._shared = shared
        self._number = worker
        self._exchange = Exchange(
            intake, store, self._publish, command_seed, sends_down=worker == 0
        )
        self._look_again_seconds = look_again_seconds
        self._pause = min(ORDERS_SECONDS, look_again_seconds / 4)
        self._orders_at = 0.0
        self._look_again_at = time.monotonic() + look_again_seconds
        self._work: queue.SimpleQueue[_Work] = queue.SimpleQueue()
        self.connected = threading.Event()
        self._worker = threading.Thread(target=self._run, name="ingest", daemon=True)
        self._broker = Broker(
            f"{CLIENT_ID}-{worker}" if worker else CLIENT_ID,
            Where(*address, files, protocol, KEEPALIVE_SECONDS, RECONNECT_SECONDS),
            Ears(
                topics=self._topics,
                up=self.connected.set,
                down=lambda detail: _log.warning("%s; trying on", detail),
                message=self._enqueue,
                failed=lambda error: _log.error("the connection failed: %s", describe(error)),
            ),
        )

    def start(self) -> None:
        """Connect, and connect again for ever."""
        self._worker.start()
        self._broker.start()

    def close(self) -> None:
        """Leave in good order, after the message at hand."""
        self._broker.close()
        self._work.put(None)
        self._worker.join(10)

    def notify(self, kiosk: str) -> None:
        """Something new waits for this kiosk. From any thread."""
        self._work.put(lambda: self._exchange.notify(kiosk))

    # ------------------------------------------------------------ the connection's threads

    def _topics(self, session: Session) -> list[str]:
        """Shared out among the workers where the broker can; else worker 0 takes everything. A
        broker that does not know ``$share`` takes it for a topic on which nothing ever comes.
        """
        shares = self._shared and session.shares
        if self._shared and not shares:
            _log.warning(
                "%s, as this broker speaks it, has no shared subscriptions: worker 0 takes "
                "everything alone, and other workers hear nothing; set [link] shared = false",
                session.version,
            )
        if self._number == 0:
            return [SHARED if shares else MESSAGES, BIRTHS]
        return [SHARED] if shares else []

    def _enqueue(self, topic: str, payload: bytes, retained: bool) -> None:
        self._work.put(Arrival(topic, payload, retained))

    # ------------------------------------------------------------ the worker's thread

    def _run(self) -> None:
        ahead: list[_Work] = []
        while True:
            try:
                work = ahead.pop() if ahead else self._work.get(timeout=self._pause)
                if work is None:
                    return
                if isinstance(work, Arrival):
                    arrivals, ahead = self._waiting_after(work)
                    self._take(arrivals)
                else:
                    work()
            except queue.Empty:
                pass
            except Exception as error:  # noqa: BLE001 (the rim of a thread)
                _log.error("a message could not be worked off: %s", describe(error))
            self._look_again()

    def _waiting_after(self, first: Arrival) -> tuple[list[Arrival], list[_Work]]:
        """The messages that are there already and may share a commit, and what came after them."""
        arrivals = [first]
        while arrivals[-1].may_share and len(arrivals) < MOST_TOGETHER:
            try:
                work = self._work.get_nowait()
            except queue.Empty:
                break
            if not (isinstance(work, Arrival) and work.may_share):
                return arrivals, [work]
            arrivals.append(work)
        return arrivals, []

    def _take(self, arrivals: list[Arrival]) -> None:
        """Together; or each by itself, when one of them spoils it for the others."""
        try:
            self._exchange.take_all(arrivals)
        except Exception as error:  # noqa: BLE001 (the rim of a thread)
            # Without a receipt the kiosk sends it again: nothing is lost.
            _log.error("%d messages could not be worked off: %s", len(arrivals), describe(error))
            if len(arrivals) > 1:
                for one in arrivals:
                    self._take([one])

    def _look_again(self) -> None:
        """From time to time, send what a kiosk that is there should have receipted long ago."""
        now = time.monotonic()
        try:
            if now >= self._look_again_at:
                self._look_again_at = now + self._look_again_seconds
                self._exchange.send_overdue()
            if now >= self._orders_at:
                self._orders_at = now + ORDERS_SECONDS
                self._exchange.send_new()
                self._exchange.send_orders()
        except Exception as error:  # noqa: BLE001 (the rim of a thread)
            _log.error("what waits could not be sent: %s", describe(error))

    def _publish(self, topic: str, payload: bytes) -> None:
        """Dropped when not connected: a birth, or the kiosk's asking again, brings it back."""
        self._broker.publish(topic, payload)
