"""``anjungan-controller --config kiosk.toml``: a kiosk's controller, its memory closed first."""

from __future__ import annotations

import argparse
import faulthandler
import os
import sys
from pathlib import Path

from firmware.closed_memory import close_memory


def main() -> int:
    """Run a kiosk until SIGTERM; the exit code is told at ``firmware.kiosk.run``."""
    close_memory()
    # Only now: what starts anew would import all of it twice.
    from firmware.kiosk import run

    arguments = _arguments()
    os.umask(0o077)
    faulthandler.enable()  # prints places in the code, never values
    return run(arguments.config)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="anjungan-controller", description="The controller of an Anjungan kiosk."
    )
    parser.add_argument(
        "--config", type=Path, required=True, help="kiosk.toml, see docs/configuration.md"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
