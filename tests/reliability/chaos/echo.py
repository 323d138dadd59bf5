"""Somebody with the certificate of a kiosk, or of the regency, says again what was said before, in
another order: messages that are late, doubled and reordered beyond what any line does.

It repeats only what is true: a receipt that lies, or a birth that was not, is an attack and is no
part of this.
"""

from __future__ import annotations

import random
import sqlite3
import ssl
from contextlib import closing
from pathlib import Path

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from sqlalchemy import select

from firmware.core import wire
from regency import tables as t
from regency.store import Store
from tests.reliability.chaos.kiosk import Errand
from tests.reliability.chaos.town import Town

_PATIENCE_SECONDS = 3.0
Message = tuple[str, bytes]


def echo_up(town: Town, number: int, count: int, draw: random.Random) -> int:
    """As the kiosk: requests, events and receipts of old. How many were sent."""
    errand = town.errands[number]
    said = _said_by(errand)
    messages = draw.sample(said, min(count, len(said)))
    return _send(town.inner, f"{errand.kiosk}-echo", errand.files, messages)


def echo_down(town: Town, number: int, count: int, draw: random.Random) -> int:
    """As the regency: letters, states, entries and receipts of old. How many were sent."""
    kiosk = town.errands[number].kiosk
    said = _said_to(town, kiosk)
    messages = draw.sample(said, min(count, len(said)))
    keys = town.regency.server / "keys"
    files = (keys / "ca.pem", keys / "server.pem", keys / "server.key")
    return _send(town.inner, "regency-echo", files, messages)


def _said_by(errand: Errand) -> list[Message]:
    if not errand.database.exists():
        return []
    with closing(sqlite3.connect(f"file:{errand.database}?mode=ro", uri=True)) as db:
        outgoing = db.execute("SELECT kind, payload FROM outbox").fetchall()
        seen = db.execute(
            "SELECT srv_seq FROM letter UNION SELECT srv_seq FROM directory"
        ).fetchall()
    receipts = [("rcp", wire.encode(wire.ReceiptUp(number))) for (number,) in seen]
    return [
        (wire.up_topic(errand.kiosk, kind), bytes(payload)) for kind, payload in outgoing + receipts
    ]


def _said_to(town: Town, kiosk: str) -> list[Message]:
    store = Store(town.database, "s" * 40)
    try:
        with store.engine.connect() as db:
            down = db.execute(select(t.down.c.payload).where(t.down.c.kiosk == kiosk)).scalars()
            messages = [(wire.down_topic(kiosk, "res"), bytes(payload)) for payload in down]
            ids = db.execute(select(t.requests.c.id).where(t.requests.c.kiosk == kiosk)).scalars()
            receipts = [wire.encode(wire.Receipt(name, "committed")) for name in ids]
    finally:
        store.close()
    return messages + [(wire.down_topic(kiosk, "rcp"), receipt) for receipt in receipts]


def _send(port: int, name: str, files: tuple[Path, Path, Path], messages: list[Message]) -> int:
    """Away with them, as far as the broker is there."""
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=mqtt.MQTTv5)
    context = ssl.create_default_context(cafile=str(files[0]))
    context.load_cert_chain(files[1], files[2])
    client.tls_set_context(context)
    try:
        client.connect("127.0.0.1", port)
    except OSError:
        return 0
    client.loop_start()
    sent = [client.publish(topic, payload, qos=1) for topic, payload in messages]
    try:
        for one in sent:
            one.wait_for_publish(_PATIENCE_SECONDS)
    except (RuntimeError, ValueError):  # the broker was killed meanwhile
        pass
    client.disconnect()
    client.loop_stop()
    return sum(one.is_published() for one in sent)
