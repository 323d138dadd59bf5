"""A process that takes in what kiosks send, beside the server's own worker."""

from __future__ import annotations

import json
import signal
import threading

from firmware.core.errors import ConfigurationError
from regency.config import RegencyConfig
from regency.ingest import Ingest
from regency.intake import Intake
from regency.letters import load_catalogue
from regency.store import Store


def work(config: RegencyConfig, worker: int) -> int:
    """Take in messages as worker number ``worker``, from 1, until SIGTERM. Two of one number
    would push each other off the broker. Prints one JSON line once the broker listens. Raises
    ConfigurationError where there can be no second worker.
    """
    if not config.link.shared:
        raise ConfigurationError("[link] shared is false: the server's own worker takes everything")
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    store = Store(config.database, config.session_secret)
    intake = Intake(store, load_catalogue(), config.regency_seed)
    address = (config.link.host, config.link.port)
    ingest = Ingest(intake, store, address, config.tls_files, worker, protocol=config.link.protocol)
    ingest.start()
    try:
        while not (stopping.wait(0.05) or ingest.connected.is_set()):
            pass
        if ingest.connected.is_set():
            print(json.dumps({"ready": True, "worker": worker}), flush=True)
        stopping.wait()
    finally:
        ingest.close()
        store.close()
    return 0
