"""regency.toml: every key and its meaning. Paths are relative to the folder of the file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec

from firmware.core.errors import ConfigurationError
from firmware.core.mqtt_version import Protocol
from firmware.core.orders import SEED_BYTES as COMMAND_SEED_BYTES
from firmware.core.seal import SEED_BYTES
from firmware.core.settings import is_file, read_settings

Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]
SHORTEST_SECRET = 32


class ServerSection(msgspec.Struct, frozen=True):
    """[server]: where the web listens, how people reach it, where the database is.

    ``database`` is an SQLAlchemy URL; a relative SQLite path is taken from the file's folder.
    """

    port: Port
    public_url: str
    host: str = "127.0.0.1"
    database: str = "sqlite:///regency.db"


class LinkSection(msgspec.Struct, frozen=True):
    """[link]: the broker, mTLS. The certificate's common name is ``regency``. ``shared`` is false
    for a broker that knows no shared subscriptions; there is one worker only then. ``protocol``
    is the version of MQTT; ``auto`` tries 5 and then 3.1.1.
    """

    host: str
    ca: str
    certificate: str
    key: str
    port: Port = 8883
    shared: bool = True
    protocol: Protocol = "auto"


class KeysSection(msgspec.Struct, frozen=True):
    """[keys]: files of mode 600. Without ``command_seed`` the regency gives no orders."""

    regency_seed: str
    session_secret: str
    command_seed: str = ""


class SigningSection(msgspec.Struct, frozen=True):
    """[signing]: the heads' credentials, <village code>.p12 each, and the CA that vouches."""

    credentials: str
    ca: str


class Sections(msgspec.Struct, frozen=True):
    """The whole file."""

    server: ServerSection
    link: LinkSection
    keys: KeysSection
    signing: SigningSection


class RegencyConfig(msgspec.Struct, frozen=True):
    """A configuration that can be used: paths made whole, secrets read."""

    server: ServerSection
    link: LinkSection
    folder: Path
    database: str
    regency_seed: bytes
    session_secret: str
    credentials: Path
    signing_ca: Path
    command_seed: bytes | None = None

    @property
    def public_url(self) -> str:
        """How people reach the server, without a slash at the end."""
        return self.server.public_url.rstrip("/")

    @property
    def tls_files(self) -> tuple[Path, Path, Path]:
        """CA, certificate and key towards the broker."""
        link = self.link
        return self.folder / link.ca, self.folder / link.certificate, self.folder / link.key

    def __repr__(self) -> str:
        return f"RegencyConfig(public_url={self.server.public_url!r}, <keys hidden>)"


def load_config(file: Path) -> RegencyConfig:
    """Read regency.toml and its secrets; raises ConfigurationError with one sentence."""
    sections = read_settings(_read(file, "the configuration"), Sections, str(file))
    folder = file.resolve().parent
    config = RegencyConfig(
        server=sections.server,
        link=sections.link,
        folder=folder,
        database=_database_url(sections.server.database, folder),
        regency_seed=_read_seed(folder / sections.keys.regency_seed, SEED_BYTES),
        command_seed=_read_command_seed(folder, sections.keys.command_seed),
        session_secret=_read_secret(folder / sections.keys.session_secret),
        credentials=folder / sections.signing.credentials,
        signing_ca=folder / sections.signing.ca,
    )
    for path in (*config.tls_files, config.signing_ca):
        if not is_file(path):
            raise ConfigurationError(f"{file} names {path}, which is not there; make it again")
    return config


def _read(path: Path, what: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{what} {path} cannot be read: {error.strerror}") from error
    except ValueError as error:  # a path that no file can have
        raise ConfigurationError(f"{what} {path} cannot be read: {error}") from error


def _database_url(url: str, folder: Path) -> str:
    scheme, _, path = url.partition(":///")
    if scheme != "sqlite" or path.startswith("/"):
        return url
    return f"sqlite:///{folder / path}"


def _read_command_seed(folder: Path, name: str) -> bytes | None:
    return _read_seed(folder / name, COMMAND_SEED_BYTES) if name else None


def _read_seed(path: Path, length: int) -> bytes:
    try:
        seed = bytes.fromhex(_read(path, "the regency's key").decode().strip())
    except (ValueError, UnicodeDecodeError):
        seed = b""
    if len(seed) != length:
        raise ConfigurationError(f"{path} is no key of a regency: {length} bytes as hex digits")
    return seed


def _read_secret(path: Path) -> str:
    secret = _read(path, "the session secret").decode(errors="replace").strip()
    if len(secret) < SHORTEST_SECRET:
        raise ConfigurationError(f"{path} is too short: {SHORTEST_SECRET} characters or more")
    return secret
