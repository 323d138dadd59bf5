"""The regency's ear and mouth on the broker: paho-mqtt, MQTT 5 over mTLS.

paho's thread only enqueues. One worker takes a message at a time: it commits, and only then
publishes the receipt. What cannot be used is buried with its reason and harms nothing else.
"""

from __future__ import annotations

import logging
import queue
import random
import ssl
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from firmware.core import wire
from firmware.core.errors import ConfigurationError, WireError, describe
from firmware.core.retry import full_jitter
from regency.intake import Intake
from regency.store import Store

KEEPALIVE_SECONDS = 30
RECONNECT_BASE_SECONDS, RECONNECT_CAP_SECONDS = 1.0, 30.0
LOOK_AGAIN_SECONDS = 60.0
CLIENT_ID = "regency"
_log = logging.getLogger(__name__)


class _Named(msgspec.Struct):
    id: str


class Ingest:
    """Connects, listens, commits, receipts; and sends down what waits for a kiosk."""

    def __init__(
        self,
        intake: Intake,
        store: Store,
        address: tuple[str, int],
        files: tuple[Path, Path, Path],
    ) -> None:
        self._intake = intake
        self._store = store
        self._address = address
        self._failures = 0
        self._sent: dict[str, int] = {}
        self._online: set[str] = set()
        self._look_again_at = time.monotonic() + LOOK_AGAIN_SECONDS
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self.connected = threading.Event()
        self._worker = threading.Thread(target=self._run, name="ingest", daemon=True)
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=CLIENT_ID, protocol=mqtt.MQTTv5
        )
        self._client.tls_set_context(_tls(files))
        self._client.max_inflight_messages_set(20)
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
        self._work.put(lambda: self._send_down(kiosk, self._sent.get(kiosk, 0)))

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
        client.subscribe([("k1/+/up/#", 1), ("k1/+/st", 1)])

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
        self._work.put(lambda: self._take(topic, payload, retained))

    # ------------------------------------------------------------ the worker's thread

    def _run(self) -> None:
        while True:
            try:
                work = self._work.get(timeout=LOOK_AGAIN_SECONDS / 4)
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
        if now < self._look_again_at:
            return
        self._look_again_at = now + LOOK_AGAIN_SECONDS
        for kiosk in self._online:
            self._send_down(kiosk, after=0)

    def _take(self, topic: str, payload: bytes, retained: bool) -> None:
        kiosk, kind = wire.split_topic(topic) or ("", "")
        if not kiosk or not self._intake.may_speak(kiosk):
            self._intake.bury(topic, len(payload), "the kiosk is unknown or revoked")
            return
        try:
            self._sort(kiosk, kind, payload, retained)
        except WireError as error:
            self._intake.bury(topic, len(payload), str(error))
            self._answer_unreadable(kiosk, payload, str(error))

    def _sort(self, kiosk: str, kind: str, payload: bytes, retained: bool) -> None:
        match kind:
            case "up/req":
                request = wire.decode(payload, wire.RequestUp)
                self._receipt(kiosk, self._intake.take_request(kiosk, request))
            case "up/evt":
                event = wire.decode(payload, wire.EventUp)
                self._receipt(kiosk, self._intake.take_collected(kiosk, event))
            case "up/rcp":
                self._intake.take_receipt(kiosk, wire.decode(payload, wire.ReceiptUp))
            case "up/hb":
                self._intake.take_heartbeat(kiosk, wire.decode(payload, wire.Heartbeat))
            case "st":
                self._take_state(kiosk, wire.decode(payload, wire.StateUp), retained)
            case _:
                raise WireError("the regency knows no such topic")

    def _take_state(self, kiosk: str, state: wire.StateUp, retained: bool) -> None:
        if not state.online:
            self._online.discard(kiosk)
            return
        self._online.add(kiosk)
        self._intake.take_birth(kiosk, state, retained)
        self._send_down(kiosk, after=0)

    def _answer_unreadable(self, kiosk: str, payload: bytes, reason: str) -> None:
        """Answer a bad message whose id can be read, so that it is not sent for ever."""
        try:
            name = msgspec.json.decode(payload, type=_Named).id
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return
        self._receipt(kiosk, wire.Receipt(name[:64], "rejected", reason))

    def _receipt(self, kiosk: str, receipt: wire.Receipt) -> None:
        self._publish(wire.down_topic(kiosk, "rcp"), wire.encode(receipt))

    def _send_down(self, kiosk: str, after: int) -> None:
        for row in self._store.undelivered(kiosk, after):
            self._publish(wire.down_topic(kiosk, "res"), row.payload)
            self._sent[kiosk] = max(self._sent.get(kiosk, 0), row.srv_seq)

    def _publish(self, topic: str, payload: bytes) -> None:
        """Dropped when not connected: a birth, or the kiosk's asking again, brings it back."""
        if self._client.is_connected():
            self._client.publish(topic, payload, qos=1)


def _tls(files: tuple[Path, Path, Path]) -> ssl.SSLContext:
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
