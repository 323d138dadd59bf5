"""The regency's server without its web, in a process of its own: worker 0, and a desk whose
officers examine, approve and sign, one after another, what is to become a letter.

``python -m tests.reliability.chaos.office --config regency.toml`` until it is killed.
"""

from __future__ import annotations

import argparse
import json
import logging
import time
from pathlib import Path

from sqlalchemy import select

import regency.exchange
from firmware.core.request import RequestState
from regency import tables as t
from regency.config import load_config
from regency.database import reading
from regency.ingest import Ingest
from regency.intake import Intake
from regency.letters import load_catalogue
from regency.store import OfficerRow, Store
from regency.typeset import Typesetter
from regency.workflow import Workflow
from tests.reliability.chaos.kiosk import SIGNED_TYPE

PASSPHRASE = "rahasia kades"
LOOK_AGAIN_SECONDS, RESEND_BASE_SECONDS = 2.0, 8.0
"""Much sooner than a real one, so that a storm's end need not be waited for."""
_PAUSE_SECONDS = 0.2
_OPEN = [
    state.value
    for state in (
        RequestState.RECEIVED,
        RequestState.UNDER_REVIEW,
        RequestState.AWAITING_SIGNATURE,
    )
]


class Desk:
    """Takes each request one step further."""

    def __init__(self, store: Store, workflow: Workflow) -> None:
        self._store = store
        self._workflow = workflow
        self._reader = reading(store.engine)

    def work(self) -> int:
        """One step for every request that is open; how many there were."""
        c = t.requests.c
        query = select(c.id, c.village, c.state).where(
            c.letter_type == SIGNED_TYPE, c.state.in_(_OPEN)
        )
        with self._reader.connect() as db:
            rows = list(db.execute(query.order_by(c.received_at)))
        for row in rows:
            self._step(row.id, row.village, RequestState(row.state))
        return len(rows)

    def _step(self, request_id: str, village: str, state: RequestState) -> None:
        officer = OfficerRow("petugas", "Dewi Lestari", "officer", village, "")
        head = OfficerRow("kades", "Suparman Hadi, S.Sos.", "head", village, "")
        match state:
            case RequestState.RECEIVED:
                self._workflow.examine(request_id, officer)
            case RequestState.UNDER_REVIEW:
                self._workflow.approve(request_id, officer)
            case _:
                self._workflow.sign(request_id, head, PASSPHRASE)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", type=Path, required=True)
    regency.exchange.RESEND_BASE_SECONDS = RESEND_BASE_SECONDS
    config = load_config(parser.parse_args().config)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    store, catalogue = Store(config.database, config.session_secret), load_catalogue()
    ingest = Ingest(
        Intake(store, catalogue, config.regency_seed),
        store,
        (config.link.host, config.link.port),
        config.tls_files,
        look_again_seconds=LOOK_AGAIN_SECONDS,
        shared=config.link.shared,
        protocol=config.link.protocol,
    )
    workflow = Workflow(
        store, Typesetter(), catalogue, config.credentials, config.public_url, ingest.notify
    )
    ingest.start()
    desk = Desk(store, workflow)
    print(json.dumps({"ready": True}), flush=True)
    while True:
        if not desk.work():
            time.sleep(_PAUSE_SECONDS)


if __name__ == "__main__":
    main()
