"""Pushing a client off the broker, whose connection may outlive its certificate."""

from __future__ import annotations

import threading
from pathlib import Path

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from regency.ingest import tls_context

PATIENCE_SECONDS = 10.0


def push_off(client_id: str, address: tuple[str, int], files: tuple[Path, Path, Path]) -> bool:
    """Connect under the client's own identifier: the broker then ends the older connection (MQTT
    5, section 3.1.4). Whether the broker was reached. Whoever still has a certificate that the
    broker takes connects again: it must be on the broker's list before.
    """
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=mqtt.MQTTv5)
    client.tls_set_context(tls_context(files))
    there = threading.Event()
    client.on_connect = lambda _client, _data, _flags, reason, _props: (
        None if reason.is_failure else there.set()
    )
    try:
        client.connect(*address, clean_start=True)
    except OSError:
        return False
    client.loop_start()
    was_reached = there.wait(PATIENCE_SECONDS)
    client.disconnect()
    client.loop_stop()
    return was_reached
