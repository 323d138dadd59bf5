"""Brokers that know only MQTT 3.1.1, each with its own way of saying so: TLS, one CONNECT, one
SUBSCRIBE, nothing more. They keep what was asked of them.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from pathlib import Path

CONNECT, SUBSCRIBE = 0x10, 0x80
ACCEPTED = bytes((0x20, 2, 0, 0))
NO_IN_OLD = bytes((0x20, 2, 0, 1))
NO_IN_NEW = bytes((0x20, 3, 0, 0x84, 0))
NOT_AUTHORISED_IN_NEW = bytes((0x20, 3, 0, 0x87, 0))
TOPIC_BEYOND_ITS_PACKET = bytes((0x32, 2, 0xFF, 0xFF))


class OddBroker:
    """``on_new`` is said to a CONNECT in MQTT 5: None is to close without a word, empty is to say
    nothing for ever. ``grant`` is what SUBSCRIBE is answered (0x80 refuses); ``then`` follows it.
    """

    def __init__(
        self,
        files: tuple[Path, Path, Path],
        on_new: bytes | None,
        grant: int = 1,
        then: bytes = b"",
    ) -> None:
        ca, certificate, key = files
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, key)
        self._context.load_verify_locations(ca)
        self._context.verify_mode = ssl.CERT_REQUIRED
        self.on_new, self.grant, self._then = on_new, grant, then
        self.levels: list[int] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._lines: list[ssl.SSLSocket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for line in self._lines:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(30)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                raw, _ = self._listener.accept()
                self._threads.append(threading.Thread(target=self._serve, args=(raw,), daemon=True))
                self._threads[-1].start()

    def _serve(self, raw: socket.socket) -> None:
        with contextlib.suppress(OSError), self._context.wrap_socket(raw, server_side=True) as line:
            self._lines.append(line)
            level = _packet(line, CONNECT)[6]
            self.levels.append(level)
            if level == 5:
                if self.on_new is None:
                    return
                line.sendall(self.on_new)
                while line.recv(1024):
                    pass
                return
            line.sendall(ACCEPTED)
            mid = _packet(line, SUBSCRIBE)[:2]
            line.sendall(bytes((0x90, 3)) + mid + bytes((self.grant,)) + self._then)
            while line.recv(1024):
                pass


def _packet(line: ssl.SSLSocket, kind: int) -> bytes:
    """What follows the length; packets here are shorter than 16 KiB."""
    first = line.recv(1)
    if not first or first[0] & 0xF0 != kind:
        raise OSError("not the packet that comes here")
    length = line.recv(1)[0]
    if length & 0x80:
        length = (length & 0x7F) | line.recv(1)[0] << 7
    body = b""
    while len(body) < length:
        more = line.recv(length - len(body))
        if not more:
            raise OSError("gone")
        body += more
    return body
