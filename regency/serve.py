"""The server: the web with its desk, and worker 0 on the broker."""

from __future__ import annotations

import json
import signal
import socket
import time

import uvicorn

from firmware.core.errors import ConfigurationError
from regency.config import RegencyConfig
from regency.ingest import Ingest
from regency.intake import Intake
from regency.letters import load_catalogue
from regency.store import Store
from regency.typeset import Typesetter
from regency.web.app import make_app
from regency.workflow import Workflow

BROKER_SECONDS = 5.0


def serve(config: RegencyConfig) -> int:
    """The web and worker 0, until SIGTERM."""
    store = Store(config.database, config.session_secret)
    catalogue = load_catalogue()
    link = config.link
    ingest = Ingest(
        Intake(store, catalogue, config.regency_seed),
        store,
        (link.host, link.port),
        config.tls_files,
        command_seed=config.command_seed,
        shared=link.shared,
        protocol=link.protocol,
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
