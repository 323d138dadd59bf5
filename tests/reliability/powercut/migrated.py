"""``python -m tests.reliability.powercut.migrated DATABASE``: what a start does to a database."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from firmware.store import Store


def main() -> None:
    """Bring it up to the newest schema, and stop."""
    os.umask(0o077)
    Store(Path(sys.argv[1])).close()


if __name__ == "__main__":
    main()
