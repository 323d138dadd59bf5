"""What a unit was found able to say of itself. Learned from its answers, never from its name.

Pure: the driver tells what it heard, and gets the record that follows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum


class Confirmation(StrEnum):
    """How a unit tells that a job is on paper."""

    UNTRIED = "untried"  # no job ended yet
    PROCESS_ID = "processId"  # GS ( H function 48: on paper
    SENSOR = "sensor"  # GS r 1 only: worked through
    NONE = "none"  # it printed, or did not, and said nothing


@dataclass(frozen=True, slots=True)
class Abilities:
    """``answers_status`` is about DLE EOT; None while nothing was asked."""

    confirmation: Confirmation = Confirmation.UNTRIED
    answers_status: bool | None = None

    def after_question(self, answered: bool) -> Abilities:
        """DLE EOT was sent. Who answered once is able to, also when it is silent later."""
        return replace(self, answers_status=answered or bool(self.answers_status))

    def after_job(self, on_paper: bool, worked_through: bool) -> Abilities:
        """A job came to its end on a unit that was well; a broken job teaches nothing.

        Who told by process id once is not taken for unable because it was slow once: it would
        never be asked again.
        """
        if on_paper:
            return replace(self, confirmation=Confirmation.PROCESS_ID)
        if self.confirmation is Confirmation.PROCESS_ID:
            return self
        heard = Confirmation.SENSOR if worked_through else Confirmation.NONE
        return replace(self, confirmation=heard)
