"""A PostgreSQL server of our own for demos, tests and trials: in a folder of its own, on the
loopback, stopped with its process. It refuses to run as root, so root hands it to ``postgres``.

What it holds is thrown away afterwards; a killed server keeps what was committed, a power cut need
not, unless it is asked for (``fsync``). A regency that keeps its data uses Debian's own cluster
instead.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from itertools import count
from pathlib import Path

from provisioning.processes import Child, Children, StartError, free_ports

ACCOUNT = "postgres"
_DEBIAN = Path("/usr/lib/postgresql")
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "32MB",
    "log_min_messages": "warning",
}


class Postgres:
    """A server; ``new_database`` gives the address of an empty database in it."""

    def __init__(self, survives_power_cuts: bool = False) -> None:
        self._settings = {**_SETTINGS, "fsync": "on" if survives_power_cuts else "off"}
        self._folder = Path(tempfile.mkdtemp(prefix="anjungan-pg-"))
        self._data = self._folder / "data"
        self._children = Children(self._folder / "logs")
        self._child: Child | None = None
        self._numbers = count(1)
        self.port = 0

    def start(self) -> None:
        """Make the cluster if there is none, and start it; raises StartError."""
        self._folder.chmod(0o755)  # the account must reach its data
        if not self._data.exists():
            self._make()
        if not self.port:
            (self.port,) = free_ports(1)
        settings = {**self._settings, "port": str(self.port)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self._child = self._children.start(
            "postgres", [*_as_account(), _program("postgres"), "-D", self._data, *options]
        )
        self._child.wait_for(self._answers)

    def halt(self) -> None:
        """Stop it; ``start`` goes on with the same data at the same address."""
        if self._child is not None and self._child.running:
            os.kill(self._child.pid, signal.SIGINT)  # SIGTERM would wait for every client to go
        self._children.stop()

    def stop(self) -> None:
        """Stop it and remove its folder. Safe to call twice."""
        self.halt()
        shutil.rmtree(self._folder, ignore_errors=True)

    def new_database(self) -> str:
        """An SQLAlchemy address of a database with nothing in it."""
        name = f"anjungan_{next(self._numbers)}"
        self._ask("template1", f"CREATE DATABASE {name} STRATEGY file_copy")
        return f"postgresql://{ACCOUNT}@127.0.0.1:{self.port}/{name}"

    def drop_database(self, url: str) -> None:
        """Away with it, whoever is still connected."""
        self._ask("template1", f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")

    def __enter__(self) -> Postgres:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _make(self) -> None:
        self._data.mkdir(mode=0o700)
        if os.geteuid() == 0:
            shutil.chown(self._data, ACCOUNT, ACCOUNT)
        # Whoever reaches the loopback is let in: fictional data of one run, on a port of its own.
        options = ["-U", ACCOUNT, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"]
        made = subprocess.run(  # noqa: S603 (our own command)
            [*_as_account(), _program("initdb"), "-D", self._data, *options],
            capture_output=True,
            text=True,
            check=False,
            cwd=self._folder,
        )
        if made.returncode != 0:
            raise StartError(f"initdb failed: {made.stderr.strip()}")

    def _answers(self) -> bool:
        """The port is open some time before anybody is let in."""
        address = ["-h", "127.0.0.1", "-p", str(self.port), "-q"]
        asked = subprocess.run([_program("pg_isready"), *address], check=False)  # noqa: S603
        return asked.returncode == 0

    def _ask(self, database: str, statement: str) -> None:
        address = ["-h", "127.0.0.1", "-p", str(self.port), "-U", ACCOUNT, "-d", database]
        asked = subprocess.run(  # noqa: S603 (our own command)
            [_program("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", *address, "-c", statement],
            capture_output=True,
            text=True,
            check=False,
        )
        if asked.returncode != 0:
            raise StartError(f"psql failed: {asked.stderr.strip()}")


def _as_account() -> list[str]:
    """PostgreSQL does not run as root; anybody else runs it as themselves."""
    if os.geteuid() != 0:
        return []
    try:
        account = pwd.getpwnam(ACCOUNT)
    except KeyError:
        raise StartError(f"there is no account {ACCOUNT}: install Debian's postgresql") from None
    who = [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
    return ["setpriv", *who, "--pdeathsig", "KILL", "--"]


def _program(name: str) -> Path:
    """Debian keeps a server's programs under its version; the newest one that is there."""
    found = sorted(_DEBIAN.glob(f"*/bin/{name}"), key=lambda path: float(path.parts[-3]))
    if not found:
        raise StartError(f"there is no {name}: install Debian's postgresql")
    return found[-1]
