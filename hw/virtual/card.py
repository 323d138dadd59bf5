"""A contactless card that is laid on vpcd's reader: our end of vpcd's wire protocol.

Each message is a length (two bytes, big-endian) and a body. A body of one byte is control:
0 power off, 1 power on, 2 reset, 4 send the ATR; anything else is a command APDU, answered by
a response APDU. To connect is to lay the card on the reader, to close is to take it away.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from enum import StrEnum

VPCD_PORT = 35963
ATR = bytes.fromhex("3B80800101")  # PC/SC part 3: ISO 14443-4 card without historical bytes
_ASKS_ATR = 4
_GET_UID = b"\xff\xca\x00\x00"
_SELECT = b"\x00\xa4"
_CONNECT_SECONDS = 5


class Manner(StrEnum):
    """How a card behaves once it is asked something."""

    WELL = "well"
    MUTE = "mute"  # takes every command and never answers
    PULLED = "pulled"  # is taken away in the middle of the first command


class VirtualCard:
    """One card with a UID of 4, 7 or 10 bytes, on the reader from ``insert`` to ``remove``."""

    def __init__(self, uid: bytes, manner: Manner = Manner.WELL, port: int = VPCD_PORT) -> None:
        self._uid = uid
        self._manner = manner
        self._port = port
        self._socket: socket.socket | None = None
        self._thread = threading.Thread(target=self._serve, name="virtual-card", daemon=True)

    def insert(self) -> None:
        """Lay the card on the reader; raises OSError when vpcd does not listen."""
        self._socket = socket.create_connection(("127.0.0.1", self._port), _CONNECT_SECONDS)
        self._socket.settimeout(None)
        self._thread.start()

    def remove(self) -> None:
        """Take the card away."""
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()
            self._thread.join()
            self._socket = None

    def _serve(self) -> None:
        assert self._socket is not None
        with self._socket, contextlib.suppress(OSError):
            while (body := _receive(self._socket)) is not None:
                answer = self._answer(body)
                if answer is not None:
                    self._socket.sendall(struct.pack(">H", len(answer)) + answer)

    def _answer(self, body: bytes) -> bytes | None:
        if len(body) == 1:
            return ATR if body[0] == _ASKS_ATR else None
        if self._manner is Manner.MUTE:
            return None
        if self._manner is Manner.PULLED:
            raise ConnectionAbortedError
        return answer_command(self._uid, body)


def answer_command(uid: bytes, command: bytes) -> bytes:
    """What the card says to a command APDU."""
    if command[:4] == _GET_UID:
        return uid + b"\x90\x00" if uid else b"\x6a\x81"
    if command[:2] == _SELECT:
        return b"\x6a\x82"
    return b"\x6d\x00"


def _receive(connection: socket.socket) -> bytes | None:
    head = _exactly(connection, 2)
    return None if head is None else _exactly(connection, struct.unpack(">H", head)[0])


def _exactly(connection: socket.socket, count: int) -> bytes | None:
    """``count`` bytes; None at the end. Without quick acknowledgements, which the kernel turns
    off again by itself, every exchange would wait 40 ms.
    """
    received = b""
    while len(received) < count:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        part = connection.recv(count - len(received))
        if not part:
            return None
        received += part
    return received
