"""Pushing a client off the broker, whose connection may outlive its certificate."""

from __future__ import annotations

import queue

from firmware.broker import Broker, Ears, Files, Session, Where
from firmware.core.mqtt_version import SILENCES_BEFORE_OLD, Protocol

TRIES = SILENCES_BEFORE_OLD + 2
"""Enough to find out that a broker is silent to MQTT 5."""
_PAUSES = (1.0, 1.0)
_KEEPALIVE_SECONDS = 60


def push_off(
    client_id: str, address: tuple[str, int], files: Files, protocol: Protocol = "auto"
) -> bool:
    """Connect under the client's own identifier: the broker then ends the older connection (MQTT
    5 and 3.1.1, section 3.1.4). Whether the broker was reached. Whoever still has a certificate
    that the broker takes connects again: it must be on the broker's list before.
    """
    went: queue.SimpleQueue[bool] = queue.SimpleQueue()

    def reached(_session: Session) -> list[str]:
        went.put(True)
        return []

    ears = Ears(
        topics=reached,
        up=lambda: None,
        down=lambda _detail: went.put(False),
        message=lambda *_: None,
        failed=lambda _error: went.put(False),
    )
    where = Where(*address, files, protocol, _KEEPALIVE_SECONDS, _PAUSES)
    broker = Broker(client_id, where, ears)
    broker.start()
    was_reached = any(went.get() for _ in range(TRIES))
    broker.close()
    return was_reached
