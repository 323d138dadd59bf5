"""kiosk.toml: every key, its meaning and its range. docs/configuration.md tells the same.

A key or value that cannot be used is one sentence that names the file, the key and the
nearest known key. Paths are relative to the folder of the file.
"""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import Annotated, Any

import msgspec

from firmware.core.errors import CatalogueError, ConfigurationError
from firmware.core.letters import Catalogue, decode_catalogue
from firmware.core.mqtt_version import Protocol
from firmware.core.orders import PUBLIC_KEY_BYTES as COMMAND_KEY_BYTES
from firmware.core.seal import PUBLIC_KEY_BYTES
from firmware.core.settings import is_file, read_settings
from firmware.core.view import KeyOrder, Preferences, TextSize, Theme
from firmware.core.wire import is_kiosk_id

Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]
Seconds = Annotated[float, msgspec.Meta(gt=0, le=86400)]

SITE_KEY_BYTES = 32


class KioskSection(msgspec.Struct, frozen=True):
    """[kiosk]: who and where this kiosk is, and its keys."""

    id: str
    place: str
    state_dir: str
    runtime_dir: str
    catalogue: str
    site_key: str
    regency_key: str
    track_url: str = ""
    command_key: str = ""


class LinkSection(msgspec.Struct, frozen=True):
    """[link]: the way to the regency's broker, mTLS. ``protocol`` is the version of MQTT;
    ``auto`` tries 5 and then 3.1.1.
    """

    host: str
    ca: str
    certificate: str
    key: str
    port: Port = 8883
    protocol: Protocol = "auto"
    heartbeat_seconds: Seconds = 300.0
    backlog_seconds: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 600.0


class UiSection(msgspec.Struct, frozen=True):
    """[ui]: where the screen's process finds the controller, and how the screen is until a
    visitor chooses.
    """

    socket: str
    language: Annotated[str, msgspec.Meta(pattern="^[a-z]{2,3}$")] = "id"
    text_size: TextSize = "normal"
    theme: Theme = "normal"
    keys: KeyOrder = "qwerty"
    shuffled_pin: bool = False

    @property
    def preferences(self) -> Preferences:
        """For the policy of visits."""
        return Preferences(
            language=self.language,
            text_size=self.text_size,
            theme=self.theme,
            keys=self.keys,
            shuffled=self.shuffled_pin,
        )


class VisitSection(msgspec.Struct, frozen=True):
    """[visit]: how patient the kiosk is."""

    idle_seconds: Seconds = 60.0
    answer_seconds: Seconds = 30.0
    card_must_stay: bool = False
    on_battery: bool = True


class ServiceSection(msgspec.Struct, frozen=True):
    """[service]: the technician's visit, from the button inside the cabinet."""

    idle_seconds: Seconds = 600.0


class UpkeepSection(msgspec.Struct, frozen=True):
    """[upkeep]: what the kiosk does for itself when nobody is there."""

    idle_days: Annotated[int, msgspec.Meta(ge=0, le=365)] = 7
    quiet_hour: Annotated[int, msgspec.Meta(ge=0, le=23)] = 3


class Sections(msgspec.Struct, frozen=True):
    """The whole file. Device tables are checked by the drivers that they name."""

    kiosk: KioskSection
    link: LinkSection
    ui: UiSection
    visit: VisitSection = VisitSection()
    service: ServiceSection = ServiceSection()
    upkeep: UpkeepSection = UpkeepSection()
    card: dict[str, Any] = {}
    printer: dict[str, Any] = {}
    page_printer: dict[str, Any] = {}
    indicator: dict[str, Any] = {}
    inputs: dict[str, Any] = {}


class KioskConfig(msgspec.Struct, frozen=True):
    """A configuration that can be used: paths made whole, keys read."""

    sections: Sections
    folder: Path
    site_key: bytes
    regency_key: bytes
    catalogue: Catalogue
    command_key: bytes | None = None

    def path(self, text: str) -> Path:
        """A path of the file, made whole."""
        return self.folder / text

    def __repr__(self) -> str:
        return f"KioskConfig(id={self.sections.kiosk.id!r}, <keys hidden>)"


def load_config(file: Path) -> KioskConfig:
    """Read kiosk.toml and the files it names; raises ConfigurationError with one sentence."""
    sections = read_settings(_read(file, "the configuration"), Sections, str(file))
    kiosk = sections.kiosk
    if not is_kiosk_id(kiosk.id):
        raise ConfigurationError(
            f"{file}: [kiosk] id = {kiosk.id!r} is no kiosk id; write ten digits of village "
            "code, a dash and a number, for example 3510192001-1"
        )
    folder = file.resolve().parent
    _refuse_missing_files(sections, folder, file)
    return KioskConfig(
        sections=sections,
        folder=folder,
        site_key=_read_site_key(folder / kiosk.site_key),
        regency_key=_read_regency_key(folder / kiosk.regency_key),
        catalogue=_read_catalogue(folder / kiosk.catalogue),
        command_key=_read_command_key(folder / kiosk.command_key) if kiosk.command_key else None,
    )


def _read(path: Path, what: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{what} {path} cannot be read: {error.strerror}") from error
    except ValueError as error:  # a path that no file can have
        raise ConfigurationError(f"{what} {path} cannot be read: {error}") from error


def _refuse_missing_files(sections: Sections, folder: Path, file: Path) -> None:
    link = sections.link
    for key, text in (("ca", link.ca), ("certificate", link.certificate), ("key", link.key)):
        if not is_file(folder / text):
            raise ConfigurationError(
                f"{file}: [link] {key} names {folder / text}, which is not there; enrol this "
                "kiosk again or put the file back"
            )


def _read_site_key(path: Path) -> bytes:
    try:
        key = bytes.fromhex(_read(path, "the site key").decode().strip())
    except (ValueError, UnicodeDecodeError):
        key = b""
    if len(key) != SITE_KEY_BYTES:
        raise ConfigurationError(f"{path} is no site key: {SITE_KEY_BYTES} bytes as hex digits")
    return key


def _read_regency_key(path: Path) -> bytes:
    return _read_public_key(path, "public key of a regency", PUBLIC_KEY_BYTES)


def _read_command_key(path: Path) -> bytes:
    return _read_public_key(path, "command key of a regency", COMMAND_KEY_BYTES)


def _read_public_key(path: Path, what: str, length: int) -> bytes:
    try:
        key = base64.b64decode(_read(path, f"the {what}").strip(), validate=True)
    except binascii.Error:
        key = b""
    if len(key) != length:
        raise ConfigurationError(f"{path} is no {what}: {length} bytes as base64")
    return key


def _read_catalogue(path: Path) -> Catalogue:
    try:
        return decode_catalogue(_read(path, "the letter catalogue"))
    except CatalogueError as error:
        raise ConfigurationError(f"{path}: {error}") from error
