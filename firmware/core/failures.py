"""What the session is told of a command that could not be carried out, so that no screen waits for
what will not come. Pure.
"""

from __future__ import annotations

from firmware.core.commands import (
    ChangePin,
    CheckPin,
    Command,
    Diagnose,
    Enrol,
    FindCode,
    PrintSigned,
    PrintTestSlip,
    PrintTicket,
    RenewRoll,
    Submit,
)
from firmware.core.events import (
    CodeNotFound,
    Diagnosed,
    EnrolmentNotStored,
    Event,
    PinNotChanged,
    PrintReported,
    RequestNotStored,
    RollRenewed,
)


def failure_of(command: Command) -> Event | None:
    """The event; None for a command that nobody waits for, or only for a while."""
    match command:
        case Submit(visit):
            return RequestNotStored(visit)
        case CheckPin(visit) | ChangePin(visit):
            return PinNotChanged(visit)
        case FindCode(visit):
            return CodeNotFound(visit, "offline")
        case Enrol(visit):
            return EnrolmentNotStored(visit)
        case PrintTicket(name) | PrintSigned(_, name) | PrintTestSlip(name):
            return PrintReported(name, "unavailable")
        case Diagnose(service):
            return Diagnosed(service, (), ())
        case RenewRoll(service):
            return RollRenewed(service, done=False)
    return None
