"""A broker of some kind, a regency's ear on it, and kiosks."""

from __future__ import annotations

import contextlib
import queue
from collections.abc import Iterator
from pathlib import Path

from firmware.broker import Broker, Ears, Files, Session, Where
from firmware.core import wire
from firmware.link import Link
from firmware.signals import MessageCame, Signal
from provisioning.layout import Devices, Ports, Regency
from provisioning.processes import Children, free_ports
from tests.reliability.brokers.kinds import Kind

KIOSK, OTHER = "3510192001-1", "3510092003-1"
PATIENCE_SECONDS = 90.0
EVERYTHING = ["k1/+/up/#", "k1/+/st"]
WILL = wire.encode(wire.StateUp(online=False, boot=1))
BIRTH = wire.encode(wire.StateUp(online=True, boot=1))


class Ear:
    """A client that is no kiosk's link; ``heard`` holds topic, message and whether it was kept."""

    def __init__(self, client_id: str, where: Where, topics: list[str]) -> None:
        self.heard: queue.SimpleQueue[tuple[str, bytes, bool]] = queue.SimpleQueue()
        self.said: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.sessions: list[Session] = []

        def listen(session: Session) -> list[str]:
            self.sessions.append(session)
            return topics

        ears = Ears(
            topics=listen,
            up=lambda: self.said.put("up"),
            down=self.said.put,
            message=lambda *what: self.heard.put(what),
            failed=lambda error: self.said.put(repr(error)),
        )
        self.broker = Broker(client_id, where, ears)
        self.broker.start()

    def is_up(self) -> None:
        while self.said.get(timeout=PATIENCE_SECONDS) != "up":
            pass

    def hears(self) -> tuple[str, bytes, bool]:
        return self.heard.get(timeout=PATIENCE_SECONDS)

    def hears_at_last(self, topic: str, payload: bytes) -> list[tuple[str, bytes, bool]]:
        """All up to this message, without it."""
        before = []
        while (one := self.hears())[:2] != (topic, payload):
            before.append(one)
        return before


class Kiosk:
    """A real link, and what it told."""

    def __init__(self, name: str, port: int, files: Files, kind: Kind) -> None:
        self.signals: queue.SimpleQueue[Signal] = queue.SimpleQueue()
        address = ("127.0.0.1", port)
        self.link = Link(name, address, files, WILL, self.signals.put, kind.protocol)
        self.link.start()

    def tells(self, kind: type[Signal]) -> Signal:
        while not isinstance(signal := self.signals.get(timeout=PATIENCE_SECONDS), kind):
            pass
        return signal

    def hears(self) -> tuple[str, bytes]:
        signal = self.tells(MessageCame)
        assert isinstance(signal, MessageCame)
        return signal.topic, signal.payload


class Place:
    """A regency with two kiosks, and its broker."""

    def __init__(self, folder: Path, kind: Kind) -> None:
        self.kind = kind
        self.folder = folder
        self.port, web, inner = free_ports(3)
        self.inner = inner if kind.make.has_inner_door else self.port
        self.regency = Regency(folder / "regency")
        self.regency.create(Ports(self.port, web, inner=inner))
        for name in (KIOSK, OTHER):
            self.regency.add_kiosk(name, "Desa", folder / name, ("127.0.0.1", self.port), Devices())
        self.children = Children(folder / "logs")
        self.house = kind.make(self.regency, self.port, self.children)

    def start(self) -> None:
        self.house.start()

    def files(self, name: str) -> Files:
        keys = self.folder / name / "keys"
        return keys / "ca.pem", keys / "kiosk.pem", keys / "kiosk.key"

    @property
    def regency_files(self) -> Files:
        keys = self.regency.server / "keys"
        return keys / "ca.pem", keys / "server.pem", keys / "server.key"

    def where(self, files: Files, port: int = 0) -> Where:
        return Where("127.0.0.1", port or self.port, files, self.kind.protocol, 30, (0.5, 2.0))

    @contextlib.contextmanager
    def an_ear(self, client_id: str, files: Files, topics: list[str]) -> Iterator[Ear]:
        """A client for as long as the block lasts; it may not be up yet."""
        ear = Ear(client_id, self.where(files), topics)
        try:
            yield ear
        finally:
            ear.broker.close()

    @contextlib.contextmanager
    def a_regency(self) -> Iterator[Ear]:
        """The regency's ear, up."""
        with self.an_ear("regency", self.regency_files, EVERYTHING) as ear:
            ear.is_up()
            yield ear

    @contextlib.contextmanager
    def a_kiosk(self, name: str = KIOSK, port: int = 0) -> Iterator[Kiosk]:
        """A kiosk for as long as the block lasts; its link may not be up yet."""
        kiosk = Kiosk(name, port or self.port, self.files(name), self.kind)
        try:
            yield kiosk
        finally:
            kiosk.link.close()
