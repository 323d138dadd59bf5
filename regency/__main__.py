"""``anjungan-regency --config regency.toml serve`` and ``… load seed.json``."""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import socket
import sys
import time
from dataclasses import asdict
from pathlib import Path

import uvicorn

from firmware.core.errors import AnjunganError, ConfigurationError
from regency.config import RegencyConfig, load_config
from regency.ingest import Ingest
from regency.intake import Intake
from regency.letters import load_catalogue
from regency.seed import load, read_seed
from regency.store import Store
from regency.typeset import Typesetter
from regency.web.app import make_app
from regency.workflow import Workflow

EXIT_UNUSABLE = 2
BROKER_SECONDS = 5.0


def main() -> int:
    """Run the server, or load a seed file. Exit code 2 when the configuration cannot be used."""
    arguments = _arguments()
    os.umask(0o077)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        config = load_config(arguments.config)
        if arguments.command == "load":
            return _load(config, arguments.seed)
        return _serve(config)
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
    loading = commands.add_parser("load", help="take in villages, residents, cards, officers")
    loading.add_argument("seed", type=Path, help="a seed file (regency.model.Seed as JSON)")
    return parser.parse_args()


def _load(config: RegencyConfig, file: Path) -> int:
    store = Store(config.database, config.session_secret)
    print(json.dumps(asdict(load(store, read_seed(file)))))
    store.close()
    return 0


def _serve(config: RegencyConfig) -> int:
    store = Store(config.database, config.session_secret)
    catalogue = load_catalogue()
    link = config.link
    ingest = Ingest(
        Intake(store, catalogue, config.regency_seed),
        store,
        (link.host, link.port),
        config.tls_files,
    )
    workflow = Workflow(
        store, Typesetter(), catalogue, config.credentials, config.public_url, ingest.notify
    )
    listener = _listen(config)
    app = make_app(config, store, workflow)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn hears signals only while it runs, and raises the one that ended it once more:
        # one that comes before must end it too, and what follows must still be done.
        signal.signal(number, lambda *_: setattr(server, "should_exit", True))
    ingest.start()
    broker = _wait_for_broker(ingest, server)
    if not server.should_exit:
        ready = {"ready": True, "url": config.public_url, "broker": broker}
        print(json.dumps(ready), flush=True)
    try:
        server.run(sockets=[listener])
    finally:
        ingest.close()
        store.close()
    return 0


def _wait_for_broker(ingest: Ingest, server: uvicorn.Server) -> bool:
    """Whether the broker answers in BROKER_SECONDS; at once when the server is to end."""
    deadline = time.monotonic() + BROKER_SECONDS
    while not server.should_exit and time.monotonic() < deadline:
        if ingest.connected.wait(0.1):
            return True
    return False


def _listen(config: RegencyConfig) -> socket.socket:
    """Bound before anything says that it is ready."""
    host, port = config.server.host, config.server.port
    try:
        return socket.create_server((host, port))
    except OSError as error:
        raise ConfigurationError(
            f"[server] cannot listen at {host} port {port} ({error.strerror}); is a server running "
            "already? Stop it or choose another port"
        ) from error


if __name__ == "__main__":
    sys.exit(main())
