"""Orders to kiosks from the command line.

``command KIOSK NAME [--arg KEY=VALUE …]``, ``config KIOSK KEY=VALUE …``, ``publish-catalogue``,
``orders KIOSK`` and ``revoke KIOSK``. KIOSK is an id or ``all``. An order is in the database when
the command ends; the server sends it within seconds to a kiosk that is there, or at its next birth.
"""

from __future__ import annotations

import argparse
import getpass
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from firmware.core import orders
from firmware.core.errors import OrderError
from regency.config import RegencyConfig
from regency.letters import load_catalogue
from regency.orders import OrderRow, Orders, packed_catalogue
from regency.push_off import push_off
from regency.store import Store

_HOUR, _DAY = 3600, 86400
_UNITS = {"s": 1, "m": 60, "h": _HOUR, "d": _DAY}
_LONG = 30 * _DAY
COMMANDS = ("command", "config", "publish-catalogue", "orders", "revoke")


def add_commands(commands: Any) -> None:
    """Add this module's commands to the regency's command line."""
    give = commands.add_parser("command", help="have a kiosk do something, once")
    _kiosk(give)
    give.add_argument("name", help="identify, status-slip, self-test, restart or service-mode")
    give.add_argument("--arg", action="append", default=[], metavar="KEY=VALUE")
    _expires(give, _HOUR)
    config = commands.add_parser("config", help="set keys of a kiosk's kiosk.toml from afar")
    _kiosk(config)
    config.add_argument("values", nargs="*", metavar="TABLE.KEY=VALUE")
    config.add_argument("--only", action="store_true", help="forget what was set from afar before")
    config.add_argument("--rollback", action="store_true", help="take the last change back")
    _expires(config, _LONG)
    publish = commands.add_parser("publish-catalogue", help="send kiosks the letter catalogue")
    publish.add_argument("--kiosk", default="all", help="an id; all when left out")
    publish.add_argument(
        "--plain", action="store_true", help="in Indonesian only, for software of before languages"
    )
    _expires(publish, _LONG)
    _kiosk(commands.add_parser("orders", help="what was ordered, and what became of it"))
    _kiosk(commands.add_parser("revoke", help="hear a kiosk no more, and send it nothing more"))


def _kiosk(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kiosk", help="a kiosk's id, or all")


def _expires(parser: argparse.ArgumentParser, seconds: int) -> None:
    parser.add_argument(
        "--expires",
        type=_seconds,
        default=seconds,
        metavar="TIME",
        help="how long it may wait for the kiosk: 90s, 30m, 12h, 7d",
    )


def _seconds(text: str) -> int:
    match = re.fullmatch(r"(\d{1,7})([smhd])", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no time; write 90s, 30m, 12h or 7d")
    return int(match[1]) * _UNITS[match[2]]


def run(config: RegencyConfig, arguments: argparse.Namespace) -> int:
    """Run one command; raises OrderError for what cannot be ordered."""
    store = Store(config.database, config.session_secret)
    try:
        done = _RUN[arguments.command](Orders(store, config.command_seed), arguments)
    finally:
        store.close()
    if arguments.command == "revoke" and not push_off(
        arguments.kiosk,
        (config.link.host, config.link.port),
        config.tls_files,
        config.link.protocol,
    ):
        print("The broker could not be reached: its connection, if it has one, is still open.")
    return done


def _command(book: Orders, arguments: argparse.Namespace) -> int:
    args = _pairs(arguments.arg)
    return _give(book, arguments, lambda _kiosk: (arguments.name, args))


def _config(book: Orders, arguments: argparse.Namespace) -> int:
    if arguments.rollback == bool(arguments.values or arguments.only):
        raise OrderError("config wants TABLE.KEY=VALUE, --only or --rollback")
    if arguments.rollback:
        return _give(book, arguments, lambda _kiosk: (orders.ROLLBACK, {}))
    values = _pairs(arguments.values)

    def wanted(kiosk: str) -> tuple[str, dict[str, Any]]:
        kept = {} if arguments.only else book.settings(kiosk)
        return orders.CONFIG, {"values": {**kept, **values}}

    return _give(book, arguments, wanted)


def _publish(book: Orders, arguments: argparse.Namespace) -> int:
    packed = packed_catalogue(load_catalogue(plain=arguments.plain))
    return _give(book, arguments, lambda _kiosk: (orders.CATALOGUE, {"catalogue": packed}))


def _give(
    book: Orders,
    arguments: argparse.Namespace,
    wanted: Callable[[str], tuple[str, dict[str, Any]]],
) -> int:
    for kiosk in _kiosks(book, arguments.kiosk):
        name, args = wanted(kiosk)
        number = book.give(kiosk, name, args, arguments.expires, getpass.getuser())
        print(json.dumps({"kiosk": kiosk, "number": number, "order": name}))
    return 0


def _kiosks(book: Orders, wanted: str) -> list[str]:
    return book.kiosks() if wanted == "all" else [wanted]


def _pairs(texts: list[str]) -> dict[str, Any]:
    """KEY=VALUE; a value that is JSON (true, 45) is that, any other is text."""
    pairs = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not (key and equals):
            raise OrderError(f"{text!r} is no KEY=VALUE")
        try:
            pairs[key] = json.loads(value)
        except ValueError:
            pairs[key] = value
    return pairs


def _orders(book: Orders, arguments: argparse.Namespace) -> int:
    for kiosk in _kiosks(book, arguments.kiosk):
        for row in book.of(kiosk):
            print(_line(row))
    return 0


def _line(row: OrderRow) -> str:
    is_over = datetime.now(UTC).timestamp() >= row.expires_at
    outcome = row.outcome or ("no answer, and over" if is_over else "waits")
    args = json.dumps(row.args) if row.args else ""
    detail = row.detail.replace("\n", "; ")
    told = [row.kiosk, f"{row.number:>4}", row.given_at, row.given_by, row.name, args, outcome]
    return "  ".join(filter(None, [*told, detail]))


def _revoke(book: Orders, arguments: argparse.Namespace) -> int:
    if not book.revoke(arguments.kiosk):
        raise OrderError(f"there is no kiosk {arguments.kiosk!r}")
    print(f"{arguments.kiosk} is heard no more, and is sent nothing more.")
    return 0


_RUN: dict[str, Callable[[Orders, argparse.Namespace], int]] = {
    "command": _command,
    "config": _config,
    "publish-catalogue": _publish,
    "orders": _orders,
    "revoke": _revoke,
}
