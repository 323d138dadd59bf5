"""The regency's end of a bench, as a program of its own: ``PORT FOLDER COUNT MODE``.

Prints one line when it listens and one with the seconds from the first to the last of COUNT
messages. MODE ``receipt`` answers each with a receipt, as a regency that commits in no time
would; ``listen`` only counts; ``publish`` is the bare client: it publishes COUNT messages like
those in FOLDER/payload and counts what the broker acknowledges.
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

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from firmware.core import wire

WINDOW = 20


def client_of(name: str, files: tuple[Path, Path, Path]) -> mqtt.Client:
    """A bare paho client, as its documentation makes one."""
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=mqtt.MQTTv5)
    context = ssl.create_default_context(cafile=str(files[0]))
    context.load_cert_chain(files[1], files[2])
    client.tls_set_context(context)
    client.max_inflight_messages_set(WINDOW)
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


def answer(port: int, files: tuple[Path, Path, Path], count: int, answers: bool) -> float:
    """Count (and receipt) what kiosks send; the seconds it took."""
    clock, seen = Clock(count), set[str]()
    ready = threading.Event()
    client = client_of("regency", files)
    client.on_socket_open = lambda _c, _d, line: line.setsockopt(
        socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
    )

    def heard(_client: Any, _data: Any, message: mqtt.MQTTMessage) -> None:
        name = json.loads(message.payload)["id"]
        if answers:
            kiosk = message.topic.split("/")[1]
            receipt = wire.encode(wire.Receipt(name, "committed"))
            client.publish(wire.down_topic(kiosk, "rcp"), receipt, qos=1)
        if name not in seen:
            seen.add(name)
            clock.tick()

    client.on_connect = lambda *_: client.subscribe("k1/+/up/req", qos=1)
    client.on_subscribe = lambda *_: ready.set()
    client.on_message = heard
    client.connect("127.0.0.1", port)
    client.loop_start()
    ready.wait(20)
    print("ready", flush=True)
    clock.over.wait(300)
    time.sleep(0.5)  # the last receipts leave
    client.disconnect()
    client.loop_stop()
    return clock.seconds


def publish(port: int, files: tuple[Path, Path, Path], count: int, payload: bytes) -> float:
    """Publish ``count`` messages with the kiosk's window; seconds until all are acknowledged."""
    clock = Clock(count)
    connected = threading.Event()
    client = client_of("3510192001-1", files)
    client.on_connect = lambda *_: connected.set()
    client.on_publish = lambda *_: clock.tick()
    client.connect("127.0.0.1", port)
    client.loop_start()
    connected.wait(20)
    for number in range(count):
        name = f"{number:036d}"
        client.publish("k1/3510192001-1/up/req", payload.replace(b"ID", name.encode(), 1), qos=1)
    clock.over.wait(300)
    client.disconnect()
    client.loop_stop()
    return clock.seconds


def main() -> None:
    """Command line."""
    port, folder, count, mode = int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    files = (folder / "ca.pem", folder / "own.pem", folder / "own.key")
    if mode == "publish":
        seconds = publish(port, files, count, (folder / "payload").read_bytes())
    else:
        seconds = answer(port, files, count, answers=mode == "receipt")
    print(json.dumps(seconds), flush=True)


if __name__ == "__main__":
    main()
