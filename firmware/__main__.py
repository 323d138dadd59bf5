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

from firmware.config import KioskConfig, load_config
from firmware.controller import Controller
from firmware.core.errors import AnjunganError
from firmware.core.state import Policy, State
from firmware.journal import Journal
from firmware.parts import assemble
from firmware.signals import Signal, Stop
from firmware.store import Store
from hw.registry import NONE as NO_DRIVER

EXIT_UNUSABLE = 2
EXIT_BATTERY = 3


def main() -> int:
    """Run a kiosk until SIGTERM. Exit code 2 when its configuration cannot be used, 3 when it
    stopped because the mains was gone for too long: whoever started it switches the machine off.
    """
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
    controller = Controller(parts, _first_state(config), inbox, random.random)
    controller.run()
    return EXIT_BATTERY if controller.battery_is_over else 0


def _first_state(config: KioskConfig) -> State:
    visit = config.sections.visit
    policy = Policy(
        place=config.sections.kiosk.place,
        idle=visit.idle_seconds,
        answer=visit.answer_seconds,
        card_must_stay=visit.card_must_stay,
        on_battery=visit.on_battery,
        technician=config.sections.service.idle_seconds,
        tickets=config.sections.printer.get("driver", NO_DRIVER) != NO_DRIVER,
    )
    return State(policy, config.catalogue)


def _stop_on_signals(inbox: queue.SimpleQueue[Signal]) -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        inbox.put(Stop())

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


if __name__ == "__main__":
    sys.exit(main())
