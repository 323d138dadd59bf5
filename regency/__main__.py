"""``anjungan-regency --config regency.toml serve``, ``… ingest --worker N``, ``… load FILE``, and
orders to kiosks: see ``regency.order_line``.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from dataclasses import asdict
from pathlib import Path

from firmware.core.errors import AnjunganError
from regency import order_line, resident_line
from regency.config import RegencyConfig, load_config
from regency.seed import load, read_seed
from regency.store import Store
from regency.worker import work

EXIT_UNUSABLE = 2


def main() -> int:
    """Run the server, load a seed file, or give orders. Exit code 2 when that cannot be done."""
    arguments = _arguments()
    os.umask(0o077)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        config = load_config(arguments.config)
        if arguments.command == "load":
            return _load(config, arguments.seed)
        if arguments.command == "ingest":
            return work(config, arguments.worker)
        if arguments.command in order_line.COMMANDS:
            return order_line.run(config, arguments)
        if arguments.command in resident_line.COMMANDS:
            return resident_line.run(config, arguments)
        from regency.serve import serve  # a worker needs no web, and starts in half the time

        return serve(config)
    except AnjunganError as error:
        print(f"anjungan-regency: {error}", file=sys.stderr)
        return EXIT_UNUSABLE


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="anjungan-regency", description="The regency's reference server."
    )
    parser.add_argument("--config", type=Path, required=True, help="regency.toml")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="the web and the worker on the broker, until SIGTERM")
    working = commands.add_parser("ingest", help="one more worker on the broker, until SIGTERM")
    working.add_argument("--worker", type=int, choices=range(1, 100), metavar="N", required=True)
    loading = commands.add_parser("load", help="take in villages, residents, cards, officers")
    loading.add_argument("seed", type=Path, help="a seed file (regency.model.Seed as JSON)")
    order_line.add_commands(commands)
    resident_line.add_commands(commands)
    return parser.parse_args()


def _load(config: RegencyConfig, file: Path) -> int:
    store = Store(config.database, config.session_secret)
    print(json.dumps(asdict(load(store, read_seed(file)))))
    store.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
