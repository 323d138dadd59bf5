"""``python -m tests.reliability.powercut.recorded KIOSK_TOML LINE_SOCKET``: the kiosk whose visit
is recorded. It takes orders on its standard input, one a line, and answers each with ``ok``:
``insert UID``, ``remove``, ``mark TEXT``, ``stop``.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from firmware.core import wire
from firmware.parts import Parts
from firmware.signals import LinkUp, MessageCame, Signal, Stop
from hw.virtual.memory_reader import MemoryReader
from tests.reliability.powercut.cabinet import make_controller
from tests.reliability.powercut.marks import mark
from tests.reliability.powercut.office import KIOSK


class SocketLine:
    """Topic, a space and JSON, a line each way."""

    def __init__(self, path: str, post: Callable[[Signal], None]) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(path)
        self._post = post

    def start(self) -> None:
        threading.Thread(target=self._read, daemon=True).start()
        self._post(LinkUp())

    def publish(self, kind: str, payload: bytes) -> None:
        self._send(wire.up_topic(KIOSK, kind), payload)

    def publish_state(self, payload: bytes) -> None:
        self._send(wire.state_topic(KIOSK), payload)

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)

    def _send(self, topic: str, payload: bytes) -> None:
        self._socket.sendall(topic.encode() + b" " + payload + b"\n")

    def _read(self) -> None:
        for line in self._socket.makefile("rb"):
            mark("heard")
            topic, _, payload = line.rstrip(b"\n").partition(b" ")
            self._post(MessageCame(topic.decode(), payload))


def _obey(parts: Parts, stop: Callable[[], None]) -> None:
    reader = parts.reader
    assert isinstance(reader, MemoryReader)
    for line in sys.stdin:
        order, _, what = line.strip().partition(" ")
        match order:
            case "insert":
                reader.insert(bytes.fromhex(what))
            case "remove":
                reader.remove()
            case "mark":
                mark(what)
            case "stop":
                stop()
        print("ok", flush=True)


def main() -> None:
    """Run until ``stop``."""
    os.umask(0o077)
    config, line = Path(sys.argv[1]), sys.argv[2]
    controller, parts, inbox = make_controller(config, lambda post: SocketLine(line, post))
    orders = threading.Thread(target=_obey, args=(parts, lambda: inbox.put(Stop())), daemon=True)
    orders.start()
    print("up", flush=True)
    controller.run()


if __name__ == "__main__":
    main()
