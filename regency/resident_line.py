"""``anjungan-regency … revoke-card`` and ``… move``: orders about a resident, by NIK.

The NIK may be ``-``: it is then read from standard input, where no list of processes shows it.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from typing import Any

from regency.config import RegencyConfig
from regency.letters import load_catalogue
from regency.residents import Address, move, revoke_card
from regency.store import Store

COMMANDS = ("revoke-card", "move")


def add_commands(commands: Any) -> None:
    """Add both to the command line."""
    revoking = commands.add_parser("revoke-card", help="take a resident's card out of use")
    moving = commands.add_parser("move", help="a resident lives in another village")
    for parser in (revoking, moving):
        parser.add_argument("nik", help="16 digits, or - to read them from standard input")
    moving.add_argument("village", help="the new village's code, ten digits")
    for name in ("alamat", "rt", "rw"):
        moving.add_argument(f"--{name}", required=True, help="of the new address")


def run(config: RegencyConfig, arguments: argparse.Namespace) -> int:
    """Carry it out; prints for how many kiosks something was queued."""
    nik = sys.stdin.readline().strip() if arguments.nik == "-" else arguments.nik
    store = Store(config.database, config.session_secret)
    try:
        if arguments.command == "revoke-card":
            told = revoke_card(store, nik)
        else:
            address = Address(arguments.alamat, arguments.rt, arguments.rw)
            told = move(store, load_catalogue(), nik, arguments.village, address)
    finally:
        store.close()
    print(json.dumps(asdict(told)))
    return 0
