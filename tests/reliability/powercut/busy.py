"""``python -m tests.reliability.powercut.busy DATABASE``: days of a busy kiosk, as far as its
database is concerned: requests, wrong PINs, letters of some size that come, are printed and go.

After each thing that is durable a mark says so. The log is written back into the database and
begun anew in the midst of it (SQLite does so after 1000 pages).
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from random import Random

from firmware import retention
from firmware import store as stores
from firmware.core.wire import LetterDown
from firmware.store import Filing, Store
from tests.reliability.powercut.marks import mark

VISITS = 45
LETTERS_KEPT = 12
AT = "2026-11-24T08:00:00+07:00"
LETTER_BYTES = 40_000


def tag(visit: int) -> bytes:
    """The card of that visit."""
    return hashlib.sha256(b"%d" % visit).digest()


def letter(visit: int) -> bytes:
    """The sealed letter of that visit."""
    return Random(visit).randbytes(LETTER_BYTES)


def _visit(store: Store, visit: int) -> None:
    name = f"r{visit:03d}"
    store.count_pin_try(tag(visit))
    mark(f"durable tried {visit}")
    store.file_request(name, tag(visit), AT, lambda seq: Filing(f"{seq}", "", b"summary", b"{}"))
    mark(f"durable filed {visit}")
    store.confirm([name])
    mark(f"durable receipted {visit}")
    store.take_letter(LetterDown(visit + 1, name, tag(visit), letter(visit)))
    mark(f"durable come {visit}")
    job = store.prints.add_job("letter", name, "roll", None, AT)
    store.collect(job.id, "CONFIRMED", f"e{visit:03d}", AT, lambda _seq: b"{}")
    mark(f"durable collected {visit}")


def main() -> None:
    """All visits, then a good end."""
    os.umask(0o077)
    retention.LETTERS_KEPT = LETTERS_KEPT  # the same as over years, in an hour
    stores.SETTLED_KEPT = LETTERS_KEPT
    store = Store(Path(sys.argv[1]))
    for visit in range(VISITS):
        _visit(store, visit)
    store.close()


if __name__ == "__main__":
    main()
