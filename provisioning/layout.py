"""The folders of a regency, its broker and its kiosks: keys, certificates, configuration."""

from __future__ import annotations

import base64
import getpass
import secrets
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from string import Template
from typing import Any

import msgspec

from firmware.core import orders
from firmware.core.seal import SEED_BYTES, public_key_of
from provisioning.ca import LOOPBACK, SERVER_NAME, Authorities
from provisioning.files import private_folder, write_public, write_secret
from provisioning.processes import free_ports

BROKER = Path(__file__).parent / "broker"
_SITE_KEY_BYTES = 32
_REVOKED = "revoked"


@dataclass(frozen=True)
class Ports:
    """Where the servers listen. The broker has two doors: ``broker`` for kiosks, and ``inner``,
    on the loopback only, for the regency; 0 is a free port.
    """

    broker: int
    web: int
    host: str = "127.0.0.1"
    inner: int = 0


@dataclass(frozen=True)
class Devices:
    """What stands in a kiosk's cabinet: tables of kiosk.toml (docs/configuration.md)."""

    card: dict[str, Any] = field(
        default_factory=lambda: {"driver": "pcsc", "reader": "", "profiles": ["uid_tag"]}
    )
    printer: dict[str, Any] = field(default_factory=lambda: {"driver": "none"})
    page_printer: dict[str, Any] = field(default_factory=lambda: {"driver": "none"})
    indicator: dict[str, Any] = field(default_factory=lambda: {"driver": "none"})
    inputs: dict[str, Any] = field(default_factory=lambda: {"driver": "none"})
    visit: dict[str, Any] = field(default_factory=dict)


class Regency:
    """The regency's folder: ``ca/``, ``server/``, ``broker/``, ``catalogue.json``, ``site.key``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()  # mosquitto wants whole paths
        self.server = self.folder / "server"
        self.broker = self.folder / "broker"

    @property
    def config(self) -> Path:
        return self.server / "regency.toml"

    @property
    def broker_config(self) -> Path:
        return self.broker / "mosquitto.conf"

    @property
    def site_key(self) -> bytes:
        """The key under which cards are filed."""
        return bytes.fromhex((self.folder / "site.key").read_text())

    @property
    def signing_ca(self) -> Path:
        return self.server / "keys" / "ca-signing.pem"

    def create(self, ports: Ports) -> None:
        """Make authorities, keys and configuration; raises FileExistsError over an old one."""
        ports = replace(ports, inner=ports.inner or free_ports(1)[0])
        for closed in (self.folder, self.folder / "ca", self.server, self.broker):
            private_folder(closed)
        authorities = Authorities.create(self.folder / "ca")
        write_secret(self.folder / "site.key", secrets.token_hex(_SITE_KEY_BYTES))
        self._make_server(authorities, ports)
        self._make_broker(authorities, ports)
        export_catalogue(self.folder / "catalogue.json")

    def _make_server(self, authorities: Authorities, ports: Ports) -> None:
        keys = self.server / "keys"
        seed = secrets.token_bytes(SEED_BYTES)
        write_secret(keys / "regency.seed", seed.hex())
        write_secret(keys / "session.secret", secrets.token_urlsafe(48))
        write_public(self.folder / "regency.pub", base64.b64encode(public_key_of(seed)))
        command_seed = secrets.token_bytes(orders.SEED_BYTES)
        write_secret(keys / "command.seed", command_seed.hex())
        command_key = orders.public_key_of(command_seed)
        write_public(self.folder / "command.pub", base64.b64encode(command_key))
        write_public(keys / "ca.pem", authorities.devices.pem)
        write_public(self.signing_ca, authorities.signers.pem)
        authorities.devices.issue_client(SERVER_NAME).write(
            keys / "server.pem", keys / "server.key"
        )
        for closed in (keys, self.server / "signers"):
            private_folder(closed)
        write_public(self.config, toml(_server_tables(ports)))

    def _make_broker(self, authorities: Authorities, ports: Ports) -> None:
        files = {name: self.broker / name for name in ("ca.pem", "broker.pem", "broker.key", "acl")}
        write_public(files["ca.pem"], authorities.devices.pem)
        hosts = LOOPBACK if ports.host in LOOPBACK else (ports.host, *LOOPBACK)
        authorities.devices.issue_server(hosts).write(files["broker.pem"], files["broker.key"])
        write_secret(files["acl"], (BROKER / "acl").read_text())  # mosquitto wants it closed
        self._write_revocations(authorities)
        private_folder(self.broker / "state")
        template = Template((BROKER / "mosquitto.conf.template").read_text())
        filled = template.substitute(
            user=getpass.getuser(),
            host=ports.host,
            port=ports.broker,
            inner=ports.inner,
            ca=files["ca.pem"],
            certificate=files["broker.pem"],
            key=files["broker.key"],
            acl=files["acl"],
            crl=self.broker / "crl.pem",
            state=self.broker / "state",
        )
        write_public(self.broker_config, filled)

    def revoke(self, kiosk: str) -> int:
        """Put every certificate that was made for a kiosk so far on the broker's list; how many
        there are. The broker reads the list when it is told to (SIGHUP).
        """
        lines = self._lines()
        marked = [_marked(line) if line.split()[0] == kiosk else line for line in lines]
        write_public(self._issued, "".join(f"{line}\n" for line in marked))
        self._write_revocations(Authorities.load(self.folder / "ca"))
        return sum(line.split()[0] == kiosk for line in marked)

    @property
    def _issued(self) -> Path:
        """Certificates of kiosks: id, serial number as hex, and whether it was revoked."""
        return self.folder / "ca" / "issued"

    def _lines(self) -> list[str]:
        return self._issued.read_text().splitlines() if self._issued.exists() else []

    def kiosks(self) -> list[str]:
        """The ids of kiosks with a certificate that was not revoked."""
        good = {line.split()[0] for line in self._lines() if not line.endswith(_REVOKED)}
        return sorted(good)

    def _write_revocations(self, authorities: Authorities) -> None:
        lines = self._lines()
        serials = [int(line.split()[1], 16) for line in lines if line.endswith(_REVOKED)]
        write_public(self.broker / "crl.pem", authorities.devices.revocations(serials))

    def add_signer(self, village: str, name: str, passphrase: str) -> Path:
        """Make the credentials with which a village's head signs letters."""
        signers = Authorities.load(self.folder / "ca").signers
        path = self.server / "signers" / f"{village}.p12"
        signers.write_p12(signers.issue_signer(name), path, passphrase)
        return path

    def add_kiosk(
        self,
        kiosk: str,
        place: str,
        folder: Path,
        broker: tuple[str, int],
        devices: Devices,
        track_url: str = "",
    ) -> Path:
        """Make a kiosk's folder with all that it needs; the path of its kiosk.toml."""
        keys = folder / "keys"
        for closed in (folder, keys, folder / "state", folder / "run"):
            private_folder(closed)
        authorities = Authorities.load(self.folder / "ca")
        own = authorities.devices.issue_client(kiosk)
        own.write(keys / "kiosk.pem", keys / "kiosk.key")
        with self._issued.open("a") as issued:
            issued.write(f"{kiosk} {own.certificate.serial_number:x}\n")
        write_public(keys / "ca.pem", authorities.devices.pem)
        write_secret(keys / "site.key", self.site_key.hex())
        for name in ("regency.pub", "command.pub"):
            write_public(keys / name, (self.folder / name).read_bytes())
        write_public(folder / "catalogue.json", (self.folder / "catalogue.json").read_bytes())
        config = folder / "kiosk.toml"
        write_public(config, toml(_kiosk_tables(kiosk, place, broker, devices, track_url)))
        return config


def _marked(line: str) -> str:
    return line if line.endswith(_REVOKED) else f"{line} {_REVOKED}"


def export_catalogue(out: Path) -> None:
    """Write the letter catalogue for kiosks."""
    subprocess.run(  # noqa: S603 (our own command)
        [sys.executable, "-m", "regency.letters", "export", "--out", str(out)],
        check=True,
        stdout=subprocess.DEVNULL,
    )


def _server_tables(ports: Ports) -> dict[str, dict[str, Any]]:
    return {
        "server": {
            "host": ports.host,
            "port": ports.web,
            "public_url": f"http://{ports.host}:{ports.web}",
            "database": "sqlite:///regency.db",
        },
        "link": {
            "host": LOOPBACK[0],
            "port": ports.inner,
            "ca": "keys/ca.pem",
            "certificate": "keys/server.pem",
            "key": "keys/server.key",
        },
        "keys": {
            "regency_seed": "keys/regency.seed",
            "session_secret": "keys/session.secret",
            "command_seed": "keys/command.seed",
        },
        "signing": {"credentials": "signers", "ca": "keys/ca-signing.pem"},
    }


def _kiosk_tables(
    kiosk: str, place: str, broker: tuple[str, int], devices: Devices, track_url: str
) -> dict[str, dict[str, Any]]:
    return {
        "kiosk": {
            "id": kiosk,
            "place": place,
            "state_dir": "state",
            "runtime_dir": "run",
            "catalogue": "catalogue.json",
            "site_key": "keys/site.key",
            "regency_key": "keys/regency.pub",
            "command_key": "keys/command.pub",
            "track_url": track_url,
        },
        "card": devices.card,
        "printer": devices.printer,
        "page_printer": devices.page_printer,
        "indicator": devices.indicator,
        "inputs": devices.inputs,
        "link": {
            "host": broker[0],
            "port": broker[1],
            "ca": "keys/ca.pem",
            "certificate": "keys/kiosk.pem",
            "key": "keys/kiosk.key",
        },
        "ui": {"socket": "run/ui.sock"},
        "visit": devices.visit,
    }


def toml(tables: dict[str, dict[str, Any]]) -> str:
    """Tables of plain values as TOML; JSON's strings, numbers and lists are TOML's too."""
    lines: list[str] = []
    for name, table in tables.items():
        lines.append(f"[{name}]")
        lines += [f"{key} = {msgspec.json.encode(value).decode()}" for key, value in table.items()]
        lines.append("")
    return "\n".join(lines)
