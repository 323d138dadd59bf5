"""``anjungan-fleet``: make a regency's keys, make kiosks, see which there are.

``init DIR`` lays out a regency (authorities, keys, broker, server). ``add DIR ID`` makes the
folder that goes onto a kiosk, ``DIR/kiosks/ID``: copy it there and it can start. ``list DIR``
tells which kiosks there are and until when their certificates hold. ``revoke DIR ID`` puts a
stolen kiosk's certificates on the broker's list. Orders to
kiosks are given at the server: ``anjungan-regency … command``. Health from afar is not there yet.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography import x509

from firmware.core.wire import is_kiosk_id
from provisioning.layout import Devices, Ports, Regency

_BROKER_PORT, _INNER_PORT, _WEB_PORT, _ESCPOS_PORT, _IPP_PORT = 8883, 8884, 8080, 9100, 631
_SOON_DAYS = 60


class FleetError(Exception):
    """What was asked cannot be done; one sentence says why and what to do."""


@dataclass(frozen=True)
class KioskLine:
    """A kiosk of the fleet. ``days_left``: of its certificate; negative when it has ended."""

    id: str
    place: str
    expires: datetime
    days_left: int


def kiosks(folder: Path) -> list[KioskLine]:
    """All kiosks that were made under a regency's folder, by id."""
    return [_line(config.parent) for config in sorted(folder.glob("kiosks/*/kiosk.toml"))]


def _line(kiosk: Path) -> KioskLine:
    tables = tomllib.loads((kiosk / "kiosk.toml").read_text())
    pem = (kiosk / tables["link"]["certificate"]).read_bytes()
    expires = x509.load_pem_x509_certificate(pem).not_valid_after_utc
    section = tables["kiosk"]
    return KioskLine(section["id"], section["place"], expires, (expires - datetime.now(UTC)).days)


# ---------------------------------------------------------------- commands


def _init(options: argparse.Namespace) -> None:
    host = options.host
    ports = Ports(options.port, options.web_port, host, options.inner_port)
    Regency(options.folder).create(ports)
    print(f"A regency is in {options.folder}: keep its folder ca/ off the net.")


def _add(options: argparse.Namespace) -> None:
    regency, kiosk = Regency(options.folder.resolve()), options.id
    if not regency.config.is_file():
        raise FleetError(f"{options.folder} holds no regency; make one with: init {options.folder}")
    if not is_kiosk_id(kiosk):
        raise FleetError(f"{kiosk!r} is no kiosk id; write it like 3510192001-1")
    folder = options.folder / "kiosks" / kiosk
    if folder.exists() and not options.again:
        raise FleetError(f"{folder} is there already; --again gives it a new certificate")
    config = regency.add_kiosk(
        kiosk,
        options.place,
        folder,
        _address(options.broker, _BROKER_PORT),
        _devices(options),
        track_url=options.track_url,
    )
    print(f"Copy {config.parent} to the kiosk, then: anjungan-controller --config kiosk.toml")


def _devices(options: argparse.Namespace) -> Devices:
    printer: dict[str, Any] = {"driver": "none"}
    if options.printer:
        host, port = _address(options.printer, _ESCPOS_PORT)
        printer = {"driver": "escpos", "transport": "network", "host": host, "port": port}
    pages: dict[str, Any] = {"driver": "none"}
    if options.page_printer:
        host, port = _address(options.cups, _IPP_PORT)
        pages = {"driver": "cups", "server": f"{host}:{port}", "queue": options.page_printer}
    return Devices(printer=printer, page_printer=pages)


def _list(options: argparse.Namespace) -> None:
    for kiosk in kiosks(options.folder):
        warning = "  RENEW" if kiosk.days_left < _SOON_DAYS else ""
        print(f"{kiosk.id:<16}{kiosk.expires:%Y-%m-%d}  {kiosk.place}{warning}")


def _revoke(options: argparse.Namespace) -> None:
    count = Regency(options.folder.resolve()).revoke(options.id)
    if not count:
        raise FleetError(f"no certificate was ever made for {options.id!r} here")
    print(
        f"{count} certificate(s) of {options.id} count no more once the broker has read its list:"
        f" send it SIGHUP. Then: anjungan-regency --config {options.folder}/server/regency.toml"
        f" revoke {options.id}"
    )


def _address(text: str, port: int) -> tuple[str, int]:
    host, colon, number = text.rpartition(":")
    if not colon:
        return text, port
    if not (host and number.isdigit() and 0 < int(number) < 65536):
        raise FleetError(f"{text!r} is no address; write it like 192.0.2.7:{port}")
    return host, int(number)


# ---------------------------------------------------------------- command line


def main(arguments: list[str] | None = None) -> int:
    """Run one command. Exit code 2 when it cannot be done."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except (FleetError, OSError, ValueError) as error:
        print(f"anjungan-fleet: {error}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="anjungan-fleet", description="make and list kiosks")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    init = _command(commands, "init", _init, "lay out a regency: keys, broker, server")
    init.add_argument("--host", default="127.0.0.1", help="address that broker and pages listen at")
    init.add_argument("--port", type=int, default=_BROKER_PORT, help="the broker's port")
    init.add_argument(
        "--inner-port", type=int, default=_INNER_PORT, help="port of the regency's own door to it"
    )
    init.add_argument("--web-port", type=int, default=_WEB_PORT, help="port of the pages")
    add = _command(commands, "add", _add, "make a kiosk's folder: keys, certificate, kiosk.toml")
    add.add_argument("id", help="village code, dash, number: 3510192001-1")
    add.add_argument("--place", required=True, help="what the screen calls it: 'Desa Songgon'")
    add.add_argument("--broker", default="127.0.0.1", metavar="HOST[:PORT]")
    add.add_argument("--printer", default="", metavar="HOST[:PORT]", help="ESC/POS ticket printer")
    add.add_argument("--page-printer", default="", metavar="QUEUE", help="CUPS queue for letters")
    add.add_argument("--cups", default="127.0.0.1", metavar="HOST[:PORT]", help="its CUPS server")
    add.add_argument("--track-url", default="", help="where a ticket's QR code leads")
    add.add_argument("--again", action="store_true", help="make an existing one's files anew")
    revoke = _command(
        commands, "revoke", _revoke, "let a stolen kiosk's certificates count no more"
    )
    revoke.add_argument("id", help="the kiosk's id")
    _command(commands, "list", _list, "which kiosks there are, until when certificates hold")
    return parser


def _command(commands: Any, name: str, run: Any, words: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=words, description=words)
    parser.add_argument("folder", type=Path, help="the regency's folder")
    parser.set_defaults(run=run)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
