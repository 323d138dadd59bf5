"""A visit for Keterangan Usaha, by a quick user's touches at a whole cabinet.

``python -m tests.bench._visit`` prints it as one line of JSON: Kivy can be set up only once in a
process.
"""

from __future__ import annotations

import json
import time
from typing import Any

from firmware.core import view
from tests.journeys.standing import Person, a_cabinet
from tests.journeys.touching import Finger

PACE_SECONDS = 0.5
"""Before each touch: somebody who knows the way."""
TYPED = "Warung"
_PIN_OR_TEXT = ("digit-", "key-")


class QuickFinger(Finger):
    """It needs PACE_SECONDS for each touch, and remembers what it touched."""

    touched: list[str]

    def touch(self, target_id: str) -> None:
        """Touch, after a moment."""
        end = time.monotonic() + PACE_SECONDS
        while time.monotonic() < end:
            self.breathe()
            time.sleep(0.005)
        self.touched.append(target_id)
        super().touch(target_id)


def main() -> None:
    """One visit, from the card to the ticket on paper."""
    with a_cabinet() as cabinet:
        finger = QuickFinger(cabinet.folder / "kiosk" / "run" / "ui.sock")
        finger.touched = []
        person = Person(cabinet, finger)
        finger.sees(view.Attract)
        card: Any = cabinet.cards[0]
        began = time.monotonic()
        person.enters(card)
        person.asks_for_letter(TYPED)
        seconds = time.monotonic() - began
        finger.close()
    others = [one for one in finger.touched if not one.startswith(_PIN_OR_TEXT)]
    print(json.dumps({"seconds": seconds, "all": len(finger.touched), "taps": others}))


if __name__ == "__main__":
    main()
