"""The composition root of a kiosk: from its configuration to a controller that has ended."""

from __future__ import annotations

import queue
import random
import signal
import sys
from datetime import datetime
from pathlib import Path
from types import FrameType

from firmware.config import KioskConfig, load_config
from firmware.controller import Controller
from firmware.core.errors import AnjunganError
from firmware.core.state import State
from firmware.journal import Journal
from firmware.parts import Parts, assemble
from firmware.signals import Signal, Stop
from firmware.store import Store

EXIT_UNUSABLE = 2
EXIT_BATTERY = 3
EXIT_RESTART = 4


def run(file: Path) -> int:
    """Run the kiosk that ``file`` configures until SIGTERM. Exit code 2 when its configuration
    cannot be used, 3 when it stopped because the mains was gone for too long: whoever started it
    switches the machine off; 4 when the regency ordered a restart: whoever started it starts it
    again.
    """
    try:
        return _run(load_config(file))
    except AnjunganError as error:
        print(f"anjungan-controller: {error}", file=sys.stderr)
        return EXIT_UNUSABLE


def _run(config: KioskConfig) -> int:
    parts, inbox = open_parts(config)
    _stop_on_signals(inbox)
    print(f"anjungan-controller: kiosk {config.sections.kiosk.id} is up", flush=True)
    controller = Controller(parts, first_state(parts), inbox, random.random)
    controller.run()
    if controller.battery_is_over:
        return EXIT_BATTERY
    return EXIT_RESTART if controller.must_restart else 0


def open_parts(config: KioskConfig) -> tuple[Parts, queue.SimpleQueue[Signal]]:
    """The kiosk's parts, not started yet, and where they will put their signals. Raises
    AnjunganError for what cannot be opened.
    """
    state_dir = config.path(config.sections.kiosk.state_dir)
    store = Store(state_dir / "kiosk.db")
    journal = Journal(state_dir / "journal.jsonl", lambda: datetime.now().astimezone())
    inbox: queue.SimpleQueue[Signal] = queue.SimpleQueue()
    return assemble(config, store, journal, inbox.put), inbox


def first_state(parts: Parts) -> State:
    """Before anything has happened, by the settings that hold."""
    tuning = parts.tuning
    return State(tuning.policy(), tuning.catalogue, in_service_mode=tuning.in_service_mode)


def _stop_on_signals(inbox: queue.SimpleQueue[Signal]) -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        inbox.put(Stop())

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
