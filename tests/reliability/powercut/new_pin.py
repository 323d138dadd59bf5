"""``python -m tests.reliability.powercut.new_pin DATABASE``: a citizen with a letter to collect
and a request on its way changes their PIN, and mistypes once.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from firmware.core import events
from tests.firmware import people
from tests.firmware.vault_bench import Kiosk
from tests.reliability.powercut.marks import mark

NEW_PIN = "735028"
WRONG_PIN = "135791"


def main() -> None:
    """One visit, then a good end."""
    os.umask(0o077)
    kiosk = Kiosk(Path(sys.argv[1]).parent)
    assert isinstance(kiosk.type_pin(people.PIN), events.VaultOpened)
    mark("stage change")
    assert isinstance(kiosk.check_pin(WRONG_PIN), events.PinRefused)
    mark("refused")
    mark("typed")
    assert kiosk.check_pin(people.PIN) == events.PinChecked(1)
    assert kiosk.change_pin(NEW_PIN) == events.PinChanged(1)
    mark("changed")
    kiosk.store.close()


if __name__ == "__main__":
    main()
