"""The link: paho-mqtt, MQTT 5 over mTLS. It carries and reports; it decides nothing.

paho's thread calls back into this module; every callback is guarded, since an exception in
one would end that thread in silence while the client still calls itself connected.
"""

from __future__ import annotations

import random
import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from firmware.core import wire
from firmware.core.errors import ConfigurationError
from firmware.core.retry import full_jitter
from firmware.rim import guarded
from firmware.signals import LinkDown, LinkUp, MessageCame, Signal

KEEPALIVE_SECONDS = 60
RECONNECT_BASE_SECONDS = 2.0
RECONNECT_CAP_SECONDS = 120.0


class Link:
    """One MQTT client for the kiosk ``kiosk``. ``post`` enqueues to the controller."""

    def __init__(
        self,
        kiosk: str,
        address: tuple[str, int],
        files: tuple[Path, Path, Path],
        will: bytes,
        post: Callable[[Signal], None],
    ) -> None:
        self._kiosk = kiosk
        self._address = address
        self._post = post
        self._failures = 0
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=kiosk, protocol=mqtt.MQTTv5
        )
        self._client.tls_set_context(_tls(files))
        self._client.max_inflight_messages_set(20)
        self._client.will_set(wire.state_topic(kiosk), will, qos=1, retain=True)
        self._client.on_socket_open = guarded(post, _without_delay)
        self._client.on_connect = guarded(post, self._on_connect)
        self._client.on_connect_fail = guarded(post, self._on_connect_fail)
        self._client.on_disconnect = guarded(post, self._on_disconnect)
        self._client.on_subscribe = guarded(post, self._on_subscribe)
        self._client.on_message = guarded(post, self._on_message)

    def start(self) -> None:
        """Connect, and connect again for ever. A broker that is not there is no error."""
        self._client.connect_async(
            self._address[0], self._address[1], KEEPALIVE_SECONDS, clean_start=True
        )
        self._client.loop_start()

    def publish(self, kind: str, payload: bytes) -> None:
        """Publish on up/``kind``. Dropped when not connected: the outbox sends it again."""
        if self._client.is_connected():
            self._client.publish(wire.up_topic(self._kiosk, kind), payload, qos=1)

    def publish_state(self, payload: bytes) -> None:
        """Publish the retained birth or farewell."""
        if self._client.is_connected():
            self._client.publish(wire.state_topic(self._kiosk), payload, qos=1, retain=True)

    def close(self) -> None:
        """Leave in good order, so that the broker sends no will."""
        self._client.disconnect()
        self._client.loop_stop()

    def _on_connect(
        self, client: mqtt.Client, _data: Any, _flags: Any, reason: ReasonCode, _props: Any
    ) -> None:
        if reason.is_failure:
            self._wait_longer(f"the broker refuses this kiosk: {reason}")
            return
        client.subscribe(wire.down_topic(self._kiosk, "#"), qos=1)

    def _on_subscribe(
        self, _client: Any, _data: Any, _mid: int, reasons: list[ReasonCode], _props: Any
    ) -> None:
        if any(reason.is_failure for reason in reasons):
            self._post(LinkDown("the broker does not let this kiosk listen; check its ACL"))
            return
        self._failures = 0
        self._post(LinkUp())

    def _on_connect_fail(self, _client: Any, _data: Any) -> None:
        host, port = self._address
        self._wait_longer(f"no broker answers at {host} port {port}, or it refuses our certificate")

    def _on_disconnect(
        self, _client: Any, _data: Any, _flags: Any, reason: ReasonCode, _props: Properties | None
    ) -> None:
        self._wait_longer(f"disconnected: {reason}")

    def _wait_longer(self, detail: str) -> None:
        """Set paho's next delay ourselves: its own has no jitter."""
        self._failures += 1
        # Not a secret: only spreads reconnects over time.
        draw = random.random()  # noqa: S311
        delay = full_jitter(self._failures, draw, RECONNECT_BASE_SECONDS, RECONNECT_CAP_SECONDS)
        seconds = max(1, round(delay))
        self._client.reconnect_delay_set(min_delay=seconds, max_delay=seconds)
        self._post(LinkDown(detail))

    def _on_message(self, _client: Any, _data: Any, message: mqtt.MQTTMessage) -> None:
        self._post(MessageCame(message.topic, bytes(message.payload)))


def _without_delay(_client: Any, _data: Any, line: socket.socket) -> None:
    """Nagle's algorithm and delayed acknowledgements would make each receipt wait 40 ms."""
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _tls(files: tuple[Path, Path, Path]) -> ssl.SSLContext:
    ca, certificate, key = files
    try:
        context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=str(ca))
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(certificate, key)
    except (ssl.SSLError, OSError) as error:
        raise ConfigurationError(
            f"the certificate {certificate}, its key {key} or the CA {ca} cannot be used "
            f"({error}); enrol this kiosk again"
        ) from error
    return context
