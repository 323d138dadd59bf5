"""A card that is laid on vpcd's reader: our end of vpcd's wire protocol.

Each message is a length (two bytes, big-endian) and a body. A body of one byte is control:
0 power off, 1 power on, 2 reset, 4 send the ATR; anything else is a command APDU, answered by
a response APDU. To connect is to lay the card on the reader, to close is to take it away.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading

from hw.virtual.sides import Manner, Side

VPCD_PORT = 35963
"""Of slot 0; slot 1 listens on the port after it."""

_ASKS_ATR = 4
_CONNECT_SECONDS = 5


class VirtualCard:
    """One card of any kind, in a slot from ``insert`` to ``remove``. It answers ``after``
    commands well before its manner shows.
    """

    def __init__(
        self, side: Side, manner: Manner = Manner.WELL, port: int = VPCD_PORT, after: int = 0
    ) -> None:
        self._side = side
        self._manner = manner
        self._well_left = after
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
            return self._control(body[0])
        if self._well_left:
            self._well_left -= 1
            return self._side.answer(body)
        if self._manner is Manner.MUTE:
            return None
        if self._manner is Manner.PULLED:
            raise ConnectionAbortedError
        return self._side.answer(body)

    def _control(self, code: int) -> bytes | None:
        if code == _ASKS_ATR:
            return self._side.atr
        self._side.reset()  # power off, power on and reset: all of them make the card forget
        return None


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
