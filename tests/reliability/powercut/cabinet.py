"""A kiosk's folder and its controller: as the composition root makes them, but with a line of
our own instead of MQTT over TLS, so that what is sent can be read in the log.
"""

from __future__ import annotations

import base64
import queue
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol, cast

from firmware.config import load_config
from firmware.controller import Controller
from firmware.kiosk import first_state, open_parts
from firmware.link import Link
from firmware.parts import Parts
from firmware.signals import Signal
from provisioning.layout import Devices, Ports, Regency
from provisioning.processes import free_ports
from tests.firmware import people
from tests.reliability.powercut.office import COMMAND_KEY, KIOSK, PUBLIC

_MEMORY = {"driver": "memory"}
_KEPT = ("keys", "catalogue.json")


class Line(Protocol):
    """What the controller needs of a link."""

    def start(self) -> None: ...
    def publish(self, kind: str, payload: bytes) -> None: ...
    def publish_state(self, payload: bytes) -> None: ...
    def close(self) -> None: ...


class Blueprint:
    """Keys and catalogue of a kiosk, made once; any number of kiosks are laid out from it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "kiosk"
        regency = Regency(folder / "regency")
        broker, web = free_ports(2)
        regency.create(Ports(broker, web))
        (folder / "regency" / "site.key").write_text(people.SITE_KEY.hex())
        for name, key in (("regency", PUBLIC), ("command", COMMAND_KEY)):
            (folder / "regency" / f"{name}.pub").write_bytes(base64.b64encode(key))
        self._config = regency.add_kiosk(
            KIOSK,
            "Desa Contoh",
            self._folder,
            ("127.0.0.1", broker),
            Devices(card=_MEMORY, printer=_MEMORY),
        )

    def lay_out(self, folder: Path, printer: dict[str, Any] | None = None) -> Path:
        """A kiosk's folder without state; the path of its configuration."""
        folder.mkdir(parents=True)
        for name in _KEPT:
            (folder / name).symlink_to(self._folder / name)
        for name in ("state", "run"):
            (folder / name).mkdir(mode=0o700)
        shutil.copy(self._config, folder)
        config = folder / self._config.name
        if printer is not None:
            text = config.read_text()
            memory = '[printer]\ndriver = "memory"\n'
            assert memory in text
            lines = [f"{key} = {value!r}\n".replace("'", '"') for key, value in printer.items()]
            config.write_text(text.replace(memory, "[printer]\n" + "".join(lines)))
        return config


def make_controller(
    config_file: Path,
    make_line: Callable[[Callable[[Signal], None]], Line],
) -> tuple[Controller, Parts, queue.SimpleQueue[Signal]]:
    """As ``firmware.kiosk`` does. Raises what a start on a broken disk raises."""
    parts, inbox = open_parts(load_config(config_file))
    parts = replace(parts, link=cast(Link, make_line(inbox.put)))
    first = first_state(parts)
    first = replace(first, policy=replace(first.policy, goodbye=0.05))
    return Controller(parts, first, inbox, random.random), parts, inbox
