"""The other ends of a bench, as programs of their own: ``PORT FOLDER COUNT WINDOW MODE``.

Prints one line when it listens and one with the seconds from the first to the last of COUNT
messages. Listeners: ``receipt`` answers as a regency that commits in no time would, ``singly`` as
an older one that takes no parcels, ``echo`` is the bare one that answers each message with one,
``listen`` only counts. Bare clients, which publish COUNT messages like those in FOLDER/payload
with WINDOW of them under way: ``publish`` counts what the broker acknowledges, ``await`` what
``echo`` answers.
"""

from __future__ import annotations

import json
import socket
import ssl
import sys
import threading
import time
from pathlib import Path
from typing import Any

import msgspec
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from firmware.core import wire

KIOSK = "3510192001-1"
PATIENCE_SECONDS = 300
Files = tuple[Path, Path, Path]


class _Name(msgspec.Struct):
    id: str


def client_of(name: str, files: Files, window: int) -> mqtt.Client:
    """A bare paho client, as its documentation makes one, without Nagle's delay."""
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=mqtt.MQTTv5)
    context = ssl.create_default_context(cafile=str(files[0]))
    context.load_cert_chain(files[1], files[2])
    client.tls_set_context(context)
    client.max_inflight_messages_set(window)
    client.on_socket_open = lambda _c, _d, line: line.setsockopt(
        socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
    )
    return client


class Clock:
    """From the first of ``count`` to the last."""

    def __init__(self, count: int) -> None:
        self._left = count
        self._began = 0.0
        self.seconds = 0.0
        self.over = threading.Event()

    def tick(self) -> None:
        self._began = self._began or time.monotonic()
        self._left -= 1
        if self._left == 0:
            self.seconds = time.monotonic() - self._began
            self.over.set()


def _answers(mode: str, topic: str, payload: bytes) -> tuple[list[str], bytes]:
    """The ids in a message, and what is said to it."""
    if mode == "echo" or not topic.endswith("/many"):
        name = msgspec.json.decode(payload, type=_Name).id
        many = wire.MANY if mode == "receipt" else 0
        return [name], wire.encode(wire.Receipt(name, "committed", many=many))
    enclosed = wire.decode(payload, wire.ManyUp).messages
    names = [msgspec.json.decode(one.message, type=_Name).id for one in enclosed]
    receipt = wire.Receipt(names[0], "committed", also=names[1:], many=wire.MANY)
    return names, wire.encode(receipt)


def listen(port: int, files: Files, count: int, window: int, mode: str) -> float:
    """Count (and answer) what comes; the seconds it took."""
    clock, seen = Clock(count), set[str]()
    ready = threading.Event()
    client = client_of("regency", files, window)

    def heard(_client: Any, _data: Any, message: mqtt.MQTTMessage) -> None:
        names, answer = _answers(mode, message.topic, message.payload)
        if mode != "listen":
            client.publish(wire.down_topic(message.topic.split("/")[1], "rcp"), answer, qos=1)
        for name in names:
            if name not in seen:
                seen.add(name)
                clock.tick()

    client.on_connect = lambda *_: client.subscribe([("k1/+/up/req", 1), ("k1/+/up/many", 1)])
    client.on_subscribe = lambda *_: ready.set()
    client.on_message = heard
    client.connect("127.0.0.1", port)
    client.loop_start()
    ready.wait(20)
    print("ready", flush=True)
    clock.over.wait(PATIENCE_SECONDS)
    time.sleep(0.5)  # the last receipts leave
    client.disconnect()
    client.loop_stop()
    return clock.seconds


def publish(port: int, files: Files, count: int, window: int, mode: str, payload: bytes) -> float:
    """Publish ``count`` messages, ``window`` under way; seconds until all are acknowledged."""
    clock = Clock(count)
    ready = threading.Event()
    room = threading.Semaphore(window)
    client = client_of(KIOSK, files, window)

    def answered(*_args: Any) -> None:
        room.release()
        clock.tick()

    if mode == "await":
        client.on_connect = lambda *_: client.subscribe(wire.down_topic(KIOSK, "#"), qos=1)
        client.on_subscribe = lambda *_: ready.set()
        client.on_message = answered
    else:
        client.on_connect = lambda *_: ready.set()
        client.on_publish = lambda *_: clock.tick()
    client.connect("127.0.0.1", port)
    client.loop_start()
    ready.wait(20)
    for number in range(count):
        if mode == "await":  # else paho itself keeps to the window
            room.acquire()
        name = f"{number:036d}".encode()
        client.publish(wire.up_topic(KIOSK, "req"), payload.replace(b"ID", name, 1), qos=1)
    clock.over.wait(PATIENCE_SECONDS)
    client.disconnect()
    client.loop_stop()
    return clock.seconds


def main() -> None:
    """Command line."""
    port, folder, mode = int(sys.argv[1]), Path(sys.argv[2]), sys.argv[5]
    count, window = int(sys.argv[3]), int(sys.argv[4])
    files = (folder / "ca.pem", folder / "own.pem", folder / "own.key")
    if mode in ("publish", "await"):
        payload = (folder / "payload").read_bytes()
        seconds = publish(port, files, count, window, mode, payload)
    else:
        seconds = listen(port, files, count, window, mode)
    print(json.dumps(seconds), flush=True)


if __name__ == "__main__":
    main()
