"""The connection to a broker, as kiosk and regency both need it: mutual TLS, MQTT 5 or else 3.1.1,
made again for ever. It carries and reports; it decides nothing.

Each connection is a client of paho-mqtt of its own, with a clean session, so that nothing of the
last one is sent twice by a queue that nobody sees. paho reads in a thread that an exception would
end in silence while the client still calls itself connected: callbacks are guarded, and that
thread is watched.
"""

from __future__ import annotations

import random
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from firmware.core.errors import ConfigurationError
from firmware.core.mqtt_version import Choice, Protocol, Version
from firmware.core.retry import full_jitter

ANSWER_SECONDS = 20.0
"""So long a broker may take to answer CONNECT, and again to answer SUBSCRIBE."""
CLOSE_SECONDS = 10.0
IN_FLIGHT = 20
_SHORTEST_PAUSE_SECONDS = 1.0
_POLL_SECONDS = 1.0

Files = tuple[Path, Path, Path]
"""CA, own certificate, its key."""


@dataclass(frozen=True)
class Where:
    """The broker and how to speak to it. Seconds: ``keepalive`` of MQTT, and the first and the
    longest bound of the pause before the next try.
    """

    host: str
    port: int
    files: Files
    protocol: Protocol = "auto"
    keepalive: int = 60
    pauses: tuple[float, float] = (2.0, 120.0)


@dataclass(frozen=True)
class Session:
    """A connection that the broker has accepted; ``shares``: it knows shared subscriptions (MQTT
    5, 4.8.2). MQTT 3.1.1 has none: a broker takes ``$share/…`` for a topic like any other.
    """

    version: Version
    shares: bool


@dataclass(frozen=True)
class Ears:
    """What the owner is told, in threads of the connection. ``topics`` says what to listen to;
    an empty list ends the connection until the next try. ``failed`` is told of errors that
    should not be.
    """

    topics: Callable[[Session], list[str]]
    up: Callable[[], None]
    down: Callable[[str], None]
    message: Callable[[str, bytes, bool], None]
    failed: Callable[[Exception], None]


@dataclass
class _Attempt:
    """How one connection goes."""

    since: float
    thread: threading.Thread | None = None
    answered: bool = False
    refused: bool = False
    up: bool = False
    detail: str = ""
    ended: threading.Event = field(default_factory=threading.Event)


class Broker:
    """``will`` is published, retained, by the broker when this client is lost: topic, message.
    Raises ConfigurationError when the files cannot be used.
    """

    def __init__(
        self, client_id: str, where: Where, ears: Ears, will: tuple[str, bytes] | None = None
    ) -> None:
        self._client_id = client_id
        self._where = where
        self._ears = ears
        self._will = will
        self._context = tls_context(where.files)
        self._choice = Choice(where.protocol)
        self._failures = 0
        self._closing = threading.Event()
        self._client: mqtt.Client | None = None
        self._using = threading.Lock()
        """Held where another thread uses the client, so that it is not let go meanwhile."""
        self._thread = threading.Thread(target=self._run, name=f"broker-{client_id}", daemon=True)

    def start(self) -> None:
        """Connect, and connect again for ever. A broker that is not there is no error."""
        self._thread.start()

    def publish(self, topic: str, payload: bytes, retain: bool = False) -> None:
        """With QoS 1. Dropped when not connected: whoever needs it to arrive sends it again."""
        with self._using:
            if self._client is not None and self._client.is_connected():
                self._client.publish(topic, payload, qos=1, retain=retain)

    def close(self) -> None:
        """Leave in good order, so that the broker sends no will."""
        self._closing.set()
        with self._using:
            if self._client is not None:
                self._client.disconnect()
        if self._thread.is_alive():
            self._thread.join(CLOSE_SECONDS)

    # ------------------------------------------------------------ the connection's own thread

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                pause = self._live_once()
            except Exception as error:  # noqa: BLE001 (the rim of a thread)
                self._ears.failed(error)
                pause = self._next_pause()
            self._closing.wait(pause)

    def _live_once(self) -> float:
        """One connection from its beginning to its end; seconds to the next."""
        version = self._choice.next()
        attempt = _Attempt(time.monotonic())
        client = self._client = self._make_client(version, attempt)
        try:
            return self._live_with(client, version, attempt)
        finally:
            self._let_go(client)

    def _live_with(self, client: mqtt.Client, version: Version, attempt: _Attempt) -> float:
        try:
            client.connect(self._where.host, self._where.port, self._where.keepalive)
        except OSError as error:
            self._ears.down(self._unreachable(error))
            return self._next_pause()
        client.loop_start()
        if self._closing.is_set():
            client.disconnect()
        self._watch(client, attempt)
        client.loop_stop()
        return self._conclude(version, attempt)

    def _let_go(self, client: mqtt.Client) -> None:
        """paho wakes its thread through a pair of sockets, and never closes them. A client and its
        callbacks refer to each other: they would stay open until Python looks for such circles.
        """
        with self._using:
            self._client = None
        client.reinitialise()  # closes them, and forgets the callbacks

    def _watch(self, client: mqtt.Client, attempt: _Attempt) -> None:
        """Until it has ended; end it where an answer is overdue."""
        while not attempt.ended.wait(_POLL_SECONDS):
            if attempt.thread is not None and not attempt.thread.is_alive():
                attempt.detail = "what the broker sent cannot be read"
                return
            if not attempt.up and time.monotonic() - attempt.since > ANSWER_SECONDS:
                attempt.detail = attempt.detail or f"no answer in {ANSWER_SECONDS:.0f} seconds"
                client.disconnect()
                return

    def _conclude(self, version: Version, attempt: _Attempt) -> float:
        try_at_once = False
        if attempt.refused:
            try_at_once = self._choice.refused()
        elif attempt.answered:
            self._choice.answered()
        elif not self._closing.is_set():
            self._choice.silent()
        if try_at_once:
            return 0.0
        if not attempt.answered and not attempt.refused:
            attempt.detail = (
                f"the broker ends the connection before it answers ({version}): it may not know "
                f"this version, or refuse our certificate ({attempt.detail})"
            )
        if not self._closing.is_set():
            self._ears.down(attempt.detail)
        return self._next_pause()

    def _loss(self, attempt: _Attempt, reason: ReasonCode) -> str:
        """Some brokers end the connection where others refuse a subscription."""
        if attempt.answered and not attempt.up:
            return f"the broker ends the connection when {self._client_id} listens; check its ACL"
        return f"disconnected: {reason}"

    def _next_pause(self) -> float:
        """Full jitter: a whole fleet must not come back at once."""
        self._failures += 1
        draw = random.random()  # noqa: S311 (spreads reconnects, no secret)
        return max(_SHORTEST_PAUSE_SECONDS, full_jitter(self._failures, draw, *self._where.pauses))

    def _unreachable(self, error: OSError) -> str:
        at = f"{self._where.host} port {self._where.port}"
        if isinstance(error, ssl.SSLCertVerificationError):
            return f"the broker at {at} is not the one that our CA vouches for"
        return f"no broker answers at {at}, or it refuses our certificate"

    # ------------------------------------------------------------ paho

    def _make_client(self, version: Version, attempt: _Attempt) -> mqtt.Client:
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._client_id,
            clean_session=None if version is Version.NEW else True,
            protocol=MQTTProtocolVersion(version),
            reconnect_on_failure=False,
        )
        client.tls_set_context(self._context)
        client.max_inflight_messages_set(IN_FLIGHT)
        if self._will is not None:
            client.will_set(*self._will, qos=1, retain=True)

        def connected(_c: Any, _d: Any, _f: Any, reason: ReasonCode, properties: Any) -> None:
            attempt.thread = threading.current_thread()
            self._answer(client, attempt, version, reason, properties)

        def subscribed(_c: Any, _d: Any, _m: int, reasons: list[ReasonCode], _p: Any) -> None:
            self._subscribed(client, attempt, reasons)

        def lost(_c: Any, _d: Any, _f: Any, reason: ReasonCode, _p: Properties | None) -> None:
            attempt.detail = attempt.detail or self._loss(attempt, reason)
            attempt.ended.set()

        def came(_c: Any, _d: Any, message: mqtt.MQTTMessage) -> None:
            self._ears.message(message.topic, bytes(message.payload), message.retain)

        client.on_socket_open = self._guarded(_without_delay)
        client.on_connect = self._guarded(connected)
        client.on_subscribe = self._guarded(subscribed)
        client.on_disconnect = self._guarded(lost)
        client.on_message = self._guarded(came)
        return client

    def _guarded(self, call: Callable[..., None]) -> Callable[..., None]:
        def safe(*args: Any, **kwargs: Any) -> None:
            try:
                call(*args, **kwargs)
            except Exception as error:  # noqa: BLE001 (the rim of a thread)
                self._ears.failed(error)

        return safe

    def _answer(
        self,
        client: mqtt.Client,
        attempt: _Attempt,
        version: Version,
        reason: ReasonCode,
        properties: Properties,
    ) -> None:
        if reason == "Unsupported protocol version":  # 0x84 in MQTT 5, 0x01 in 3.1.1
            attempt.refused = True
            attempt.detail = f"the broker does not speak {version}; see [link] protocol"
            return
        attempt.answered = True
        attempt.since = time.monotonic()
        if reason.is_failure:
            attempt.detail = f"the broker refuses {self._client_id}: {reason}"
            return
        offered = getattr(properties, "SharedSubscriptionAvailable", 1)
        topics = self._ears.topics(Session(version, version is Version.NEW and offered != 0))
        if topics:
            client.subscribe([(topic, 1) for topic in topics])
        else:
            attempt.detail = "nothing to listen to"
            client.disconnect()

    def _subscribed(
        self, client: mqtt.Client, attempt: _Attempt, reasons: list[ReasonCode]
    ) -> None:
        """Tried again later where it was refused: an ACL may be mended."""
        if any(reason.is_failure for reason in reasons):
            attempt.detail = f"the broker does not let {self._client_id} listen; check its ACL"
            client.disconnect()
            return
        attempt.up = True
        self._failures = 0
        self._ears.up()


def _without_delay(_client: Any, _data: Any, line: socket.socket) -> None:
    """Nagle's algorithm and delayed acknowledgements would make each receipt wait 40 ms."""
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def tls_context(files: Files) -> ssl.SSLContext:
    """Of CA, certificate and key; raises ConfigurationError."""
    ca, certificate, key = files
    try:
        context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=str(ca))
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(certificate, key)
    except (ssl.SSLError, OSError) as error:
        raise ConfigurationError(
            f"[link]: the certificate {certificate}, its key {key} or the CA {ca} cannot be used "
            f"({error}); enrol this kiosk again, or make the regency's anew"
        ) from error
    return context
