"""The regency's ear and mouth on the broker: paho-mqtt, MQTT 5 over mTLS.

paho's thread only enqueues. One thread hands a message at a time to ``exchange``, which commits
and only then publishes the receipt.

What kiosks send is shared out among all workers (MQTT 5, 4.8.2): each message goes to one of
them. Worker 0 lives in the server. It alone hears births and sends down, since births come in
order on one connection only, and since it is told what the desk has decided. Sessions are clean:
what the broker had given to a worker that died is sent again by its kiosk.
"""

from __future__ import annotations

import logging
import queue
import random
import socket
import ssl
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from firmware.core.errors import ConfigurationError, describe
from firmware.core.retry import full_jitter
from regency.exchange import Exchange
from regency.intake import Intake
from regency.store import Store

KEEPALIVE_SECONDS = 30
RECONNECT_BASE_SECONDS, RECONNECT_CAP_SECONDS = 1.0, 30.0
LOOK_AGAIN_SECONDS = 60.0
ORDERS_SECONDS = 2.0
"""Orders are given by another process: so often the database is asked for them."""
CLIENT_ID = "regency"
MESSAGES = "k1/+/up/#"
SHARED = f"$share/{CLIENT_ID}/{MESSAGES}"
BIRTHS = "k1/+/st"
_log = logging.getLogger(__name__)


class Ingest:
    """Connects, listens, and has the exchange take and send messages in one thread. ``worker``
    tells several processes apart; only worker 0 sends down. Without ``shared`` it is alone.
    """

    def __init__(
        self,
        intake: Intake,
        store: Store,
        address: tuple[str, int],
        files: tuple[Path, Path, Path],
        worker: int = 0,
        look_again_seconds: float = LOOK_AGAIN_SECONDS,
        command_seed: bytes | None = None,
        shared: bool = True,
    ) -> None:
        self._topics = [(SHARED if shared else MESSAGES, 1)]
        if worker == 0:
            self._topics.append((BIRTHS, 1))
        self._exchange = Exchange(intake, store, self._publish, command_seed)
        self._address = address
        self._failures = 0
        self._look_again_seconds = look_again_seconds
        self._pause = min(ORDERS_SECONDS, look_again_seconds / 4)
        self._orders_at = 0.0
        self._look_again_at = time.monotonic() + look_again_seconds
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self.connected = threading.Event()
        self._worker = threading.Thread(target=self._run, name="ingest", daemon=True)
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"{CLIENT_ID}-{worker}" if worker else CLIENT_ID,
            protocol=mqtt.MQTTv5,
        )
        self._client.tls_set_context(tls_context(files))
        self._client.max_inflight_messages_set(20)
        self._client.on_socket_open = self._guarded(_without_delay)
        self._client.on_connect = self._guarded(self._on_connect)
        self._client.on_connect_fail = self._guarded(self._on_connect_fail)
        self._client.on_disconnect = self._guarded(self._on_disconnect)
        self._client.on_subscribe = self._guarded(self._on_subscribe)
        self._client.on_message = self._guarded(self._on_message)

    def start(self) -> None:
        """Connect, and connect again for ever."""
        self._worker.start()
        host, port = self._address
        self._client.connect_async(host, port, KEEPALIVE_SECONDS, clean_start=True)
        self._client.loop_start()

    def close(self) -> None:
        """Leave in good order, after the message at hand."""
        self._client.disconnect()
        self._client.loop_stop()
        self._work.put(None)
        self._worker.join(10)

    def notify(self, kiosk: str) -> None:
        """Something new waits for this kiosk. From any thread."""
        self._work.put(lambda: self._exchange.notify(kiosk))

    # ------------------------------------------------------------ paho's thread

    def _guarded(self, call: Callable[..., None]) -> Callable[..., None]:
        """An exception in a callback would end paho's thread in silence."""

        def safe(*args: Any, **kwargs: Any) -> None:
            try:
                call(*args, **kwargs)
            except Exception as error:  # noqa: BLE001 (the rim of a thread)
                _log.error("a callback failed: %s", describe(error))

        return safe

    def _on_connect(
        self, client: mqtt.Client, _data: Any, _flags: Any, reason: ReasonCode, _props: Any
    ) -> None:
        if reason.is_failure:
            _log.error("the broker refuses the regency: %s", reason)
            self._wait_longer()
            return
        client.subscribe(self._topics)

    def _on_subscribe(
        self, _client: Any, _data: Any, _mid: int, reasons: list[ReasonCode], _props: Any
    ) -> None:
        if any(reason.is_failure for reason in reasons):
            _log.error("the broker does not let the regency listen; check its ACL")
            return
        self._failures = 0
        self.connected.set()

    def _on_connect_fail(self, _client: Any, _data: Any) -> None:
        host, port = self._address
        _log.warning("no broker answers at %s port %d; trying on", host, port)
        self._wait_longer()

    def _on_disconnect(self, *_args: Any) -> None:
        self._wait_longer()

    def _wait_longer(self) -> None:
        """Set paho's next delay ourselves: its own has no jitter."""
        self._failures += 1
        draw = random.random()  # noqa: S311 (spreads reconnects, no secret)
        delay = full_jitter(self._failures, draw, RECONNECT_BASE_SECONDS, RECONNECT_CAP_SECONDS)
        seconds = max(1, round(delay))
        self._client.reconnect_delay_set(min_delay=seconds, max_delay=seconds)

    def _on_message(self, _client: Any, _data: Any, message: mqtt.MQTTMessage) -> None:
        topic, payload, retained = message.topic, bytes(message.payload), message.retain
        self._work.put(lambda: self._exchange.take(topic, payload, retained))

    # ------------------------------------------------------------ the worker's thread

    def _run(self) -> None:
        while True:
            try:
                work = self._work.get(timeout=self._pause)
                if work is None:
                    return
                work()
            except queue.Empty:
                pass
            except Exception as error:  # noqa: BLE001 (the rim of a thread)
                # Without a receipt the kiosk sends it again: nothing is lost.
                _log.error("a message could not be worked off: %s", describe(error))
            self._look_again()

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
        if self._client.is_connected():
            self._client.publish(topic, payload, qos=1)


def _without_delay(_client: Any, _data: Any, line: socket.socket) -> None:
    """Nagle's algorithm and delayed acknowledgements would make each receipt wait 40 ms."""
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def tls_context(files: tuple[Path, Path, Path]) -> ssl.SSLContext:
    """Of CA, certificate and key; raises ConfigurationError."""
    ca, certificate, key = files
    try:
        context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=str(ca))
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(certificate, key)
    except (ssl.SSLError, OSError) as error:
        raise ConfigurationError(
            f"[link]: the certificate {certificate}, its key {key} or the CA {ca} cannot be used "
            f"({error})"
        ) from error
    return context
