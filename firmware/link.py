"""The link: the kiosk's connection to the regency's broker. What comes is enqueued."""

from __future__ import annotations

from collections.abc import Callable

from firmware.broker import Broker, Ears, Files, Where
from firmware.core import wire
from firmware.core.errors import describe
from firmware.core.mqtt_version import Protocol
from firmware.signals import LinkDown, LinkUp, MessageCame, Signal, ThreadFailed

KEEPALIVE_SECONDS = 60
RECONNECT_BASE_SECONDS = 2.0
RECONNECT_CAP_SECONDS = 120.0


class Link:
    """The MQTT client of ``kiosk``. ``post`` enqueues to the controller. Raises
    ConfigurationError when the files (CA, certificate, key) cannot be used.
    """

    def __init__(
        self,
        kiosk: str,
        address: tuple[str, int],
        files: Files,
        will: bytes,
        post: Callable[[Signal], None],
        protocol: Protocol = "auto",
    ) -> None:
        self._kiosk = kiosk
        pauses = (RECONNECT_BASE_SECONDS, RECONNECT_CAP_SECONDS)
        self._broker = Broker(
            kiosk,
            Where(*address, files, protocol, KEEPALIVE_SECONDS, pauses),
            Ears(
                topics=lambda _session: [wire.down_topic(kiosk, "#")],
                up=lambda: post(LinkUp()),
                down=lambda detail: post(LinkDown(detail)),
                message=lambda topic, payload, _retained: post(MessageCame(topic, payload)),
                failed=lambda error: post(ThreadFailed(describe(error))),
            ),
            will=(wire.state_topic(kiosk), will),
        )

    def start(self) -> None:
        """Connect, and connect again for ever. A broker that is not there is no error."""
        self._broker.start()

    def publish(self, kind: str, payload: bytes) -> None:
        """Publish on up/``kind``. Dropped when not connected: the outbox sends it again."""
        self._broker.publish(wire.up_topic(self._kiosk, kind), payload)

    def publish_state(self, payload: bytes) -> None:
        """Publish the retained birth or farewell."""
        self._broker.publish(wire.state_topic(self._kiosk), payload, retain=True)

    def close(self) -> None:
        """Leave in good order, so that the broker sends no will."""
        self._broker.close()
