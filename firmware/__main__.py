"""``anjungan-controller --config kiosk.toml``: the composition root of a kiosk."""

from __future__ import annotations

import argparse
import faulthandler
import os
import queue
import random
import signal
import sys
from datetime import datetime
from pathlib import Path
from types import FrameType

from firmware.closed_memory import close_memory
from firmware.config import KioskConfig, load_config
from firmware.controller import Controller
from firmware.core.errors import AnjunganError
from firmware.core.state import State
from firmware.journal import Journal
from firmware.parts import assemble
from firmware.signals import Signal, Stop
from firmware.store import Store

EXIT_UNUSABLE = 2
EXIT_BATTERY = 3
EXIT_RESTART = 4


def main() -> int:
    """Run a kiosk until SIGTERM. Exit code 2 when its configuration cannot be used, 3 when it
    stopped because the mains was gone for too long: whoever started it switches the machine off;
    4 when the regency ordered a restart: whoever started it starts it again.
    """
    close_memory()
    arguments = _arguments()
    os.umask(0o077)
    faulthandler.enable()  # prints places in the code, never values
    try:
        return _run(load_config(arguments.config))
    except AnjunganError as error:
        print(f"anjungan-controller: {error}", file=sys.stderr)
        return EXIT_UNUSABLE


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="anjungan-controller", description="The controller of an Anjungan kiosk."
    )
    parser.add_argument(
        "--config", type=Path, required=True, help="kiosk.toml, see docs/configuration.md"
    )
    return parser.parse_args()


def _run(config: KioskConfig) -> int:
    state_dir = config.path(config.sections.kiosk.state_dir)
    store = Store(state_dir / "kiosk.db")
    journal = Journal(state_dir / "journal.jsonl", lambda: datetime.now().astimezone())
    inbox: queue.SimpleQueue[Signal] = queue.SimpleQueue()
    parts = assemble(config, store, journal, inbox.put)
    _stop_on_signals(inbox)
    print(f"anjungan-controller: kiosk {config.sections.kiosk.id} is up", flush=True)
    tuning = parts.tuning
    first = State(tuning.policy(), tuning.catalogue, in_service_mode=tuning.in_service_mode)
    controller = Controller(parts, first, inbox, random.random)
    controller.run()
    if controller.battery_is_over:
        return EXIT_BATTERY
    return EXIT_RESTART if controller.must_restart else 0


def _stop_on_signals(inbox: queue.SimpleQueue[Signal]) -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        inbox.put(Stop())

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


if __name__ == "__main__":
    sys.exit(main())
