"""A technician's visit: from the service button inside the locked cabinet to ``Leave``.

``SERVICE`` is its part of the session's table. It never shows over a citizen's visit: what the
button asks for then waits until that visit is over. No card begins a visit meanwhile; one that
is laid on the reader tries the reader.
"""

from __future__ import annotations

from dataclasses import replace

from firmware.core import view
from firmware.core.commands import (
    Command,
    Diagnose,
    Examine,
    PrintStatusSlip,
    PrintTestSlip,
    RenewRoll,
    SetServiceMode,
)
from firmware.core.events import (
    CardFailed,
    CardTapped,
    Diagnosed,
    DoorChanged,
    Examined,
    PrintReported,
    RollRenewed,
    ServiceAsked,
)
from firmware.core.notices import FAULTS, UNREADABLE
from firmware.core.state import AT_TECHNICIAN, RESTING, Diagnosis, Phase, Service, State
from firmware.core.transition import Result, Transition, rest, row
from firmware.core.view import PrintState, Say
from hw.protocols import CardTrouble

P = Phase

_TRIED: dict[PrintState, Say] = {
    "queued": Say("Slip uji menunggu cetakan lain selesai."),
    "printing": Say("Slip uji sedang dicetak…"),
    "awaiting": Say("Slip uji sudah dikirim. Menunggu kabar dari pencetak…"),
    "printed": Say("Slip uji tercetak. Periksa garis dan skalanya: tidak boleh terputus."),
    "unconfirmed": Say("Slip uji terkirim. Pencetak ini tidak dapat memastikan: lihat kertasnya."),
    "unknown": Say("Slip uji terputus di tengah. Periksa kertas, lalu coba lagi."),
    "unavailable": Say("Slip uji tidak tercetak: pencetak tiket tidak menjawab."),
}
"""What is told of a test slip. One that is blocked is told by the printer's fault."""
_UNDER_WAY = ("queued", "printing", "awaiting")

_LAY_AGAIN = Say("Angkat kartu, lalu tempelkan lagi. Coba juga kartu lain.")
_CARD_ADVICE = {
    CardTrouble.NO_SAM: Say("Periksa modul SAM di dalam pembaca kartu."),
    CardTrouble.NEEDS_MRZ: Say("Itu paspor. Tempelkan e-KTP."),
}


def _begin(state: State) -> Result:
    number = state.services + 1
    state = replace(
        state, services=number, service=Service(number), notice=None, touched_at=state.now
    )
    return replace(state, service_wanted=False).enter(P.TECHNICIAN), (Examine(number),)


def remember(state: State, event: ServiceAsked) -> Result:
    """In a citizen's visit: not now."""
    if event.long:
        return replace(state, service_wanted=True), ()
    return replace(state, slip_wanted=True), ()


def grant_wishes(state: State) -> Result:
    """What the button asked for in a visit, now that the visit is over."""
    commands: tuple[Command, ...] = ()
    if state.slip_wanted and state.phase in RESTING | AT_TECHNICIAN:
        state, commands = replace(state, slip_wanted=False), (PrintStatusSlip(),)
    if state.service_wanted and state.phase in RESTING:
        state, begun = _begin(state)
        commands += begun
    return state, commands


def _asked_at_rest(state: State, event: ServiceAsked) -> Result:
    return _begin(state) if event.long else (state, (PrintStatusSlip(),))


def _asked_in_notice(state: State, event: ServiceAsked) -> Result:
    """A notice without a visit only lingers; one that offers to try again is a visit's."""
    return _asked_at_rest(state, event) if state.visit is None else remember(state, event)


def _asked_again(state: State, event: ServiceAsked) -> Result:
    """The long press leads in and out."""
    return _leave(state) if event.long else (state, (PrintStatusSlip(),))


def _leave(state: State, _intent: object = None) -> Result:
    return rest(state), ()


def _run_selftest(state: State, _intent: view.RunSelftest) -> Result:
    state = state.with_service(card=None, news=None)
    return state, (Examine(state.technician.number),)


def _examined(state: State, event: Examined) -> Result:
    return state.with_service(devices=event.devices, facts=event.facts), ()


def _card_read(state: State, event: CardTapped) -> Result:
    """Of the card itself nothing is kept but the profile that read it."""
    card = Say("Kartu terbaca ({profile}).", {"profile": event.identity.profile})
    return _card_tried(state, card, None)


def _card_failed(state: State, event: CardFailed) -> Result:
    advice = _CARD_ADVICE.get(event.trouble, _LAY_AGAIN)
    return _card_tried(state, UNREADABLE[event.trouble].title, advice)


def _card_tried(state: State, card: Say, advice: Say | None) -> Result:
    state = replace(state, touched_at=state.now)
    return state.with_service(card=card, card_advice=advice), ()


def _print_slip(state: State, _intent: view.PrintTestSlip) -> Result:
    if state.technician.slip_under_way:
        return state, ()
    state = state.with_service(slip_under_way=True, news=_TRIED["queued"])
    return state, (PrintTestSlip(_slip_name(state)),)


def _slip_name(state: State) -> str:
    """Of this technician's visit: what becomes of an earlier one's slip is not told here."""
    return f"test-slip-{state.technician.number}"


def _slip_reported(state: State, event: PrintReported) -> Result:
    if event.request_id != _slip_name(state):
        return state, ()
    news = _TRIED.get(event.state) or _blocked(event)
    return state.with_service(slip_under_way=event.state in _UNDER_WAY, news=news), ()


def _blocked(event: PrintReported) -> Say:
    why = FAULTS[event.fault] if event.fault else ""
    return Say("Slip uji tidak tercetak. {why}", {"why": why})


def _door(state: State, event: DoorChanged) -> Result:
    """Who closes the cabinet has gone, or will soon: the screen is at the front. One whose switch
    cannot be read any more is perhaps being mended.
    """
    cabinet = replace(state.cabinet, door_open=event.open)
    state = replace(state, cabinet=cabinet, touched_at=state.now)
    return state.with_service(is_shut_out=not event.open and event.seen), ()


def tick(state: State) -> Result:
    """Nobody has touched the screen: for how long may that be?"""
    is_shut_out, policy = state.technician.is_shut_out, state.policy
    patience = policy.idle if is_shut_out else policy.technician
    return _leave(state) if state.now - state.touched_at > patience else (state, ())


def _paper_changed(state: State, _intent: view.PaperChanged) -> Result:
    return state, (RenewRoll(state.technician.number),)


def _roll_renewed(state: State, event: RollRenewed) -> Result:
    if event.done:
        news = Say("Kertas baru dicatat. Sisa kertas dihitung dari awal.")
    else:
        news = Say("Kertas baru belum dapat dicatat. Coba lagi.")
    return state.with_service(news=news), ()


# ---------------------------------------------------------------- connections and journal


def _diagnose(state: State, _intent: view.Diagnose) -> Result:
    return state, (Diagnose(state.technician.number),)


def _diagnosed(state: State, event: Diagnosed) -> Result:
    found = Diagnosis(event.facts, event.codes)
    return state.with_service(diagnosis=found).enter(P.DIAGNOSIS), ()


def diagnosis_of(state: State) -> Diagnosis:
    """What was found; only in its phase."""
    found = state.technician.diagnosis
    assert found is not None
    return found


def _next_code(state: State, _intent: view.Next) -> Result:
    found = diagnosis_of(state)
    at = (found.at + 1) % max(1, len(found.codes))
    return state.with_service(diagnosis=replace(found, at=at)), ()


def _back(state: State, _intent: view.Back) -> Result:
    return state.with_service(diagnosis=None).enter(P.TECHNICIAN), ()


def _set_service_mode(state: State, intent: view.SetServiceMode) -> Result:
    return state, (SetServiceMode(intent.on),)


_ASKED_AGAIN = row(_asked_again, P.ATTRACT, P.OUT_OF_SERVICE)
_AT_REST = row(_asked_at_rest, P.TECHNICIAN)
_OUT = (P.ATTRACT, P.OUT_OF_SERVICE)

SERVICE: dict[tuple[Phase, type], Transition] = {
    (P.OUT_OF_SERVICE, ServiceAsked): _AT_REST,
    (P.ATTRACT, ServiceAsked): _AT_REST,
    (P.GOODBYE, ServiceAsked): _AT_REST,
    (P.NOTICE, ServiceAsked): row(_asked_in_notice, P.TECHNICIAN),
    (P.TECHNICIAN, ServiceAsked): _ASKED_AGAIN,
    (P.TECHNICIAN, view.Leave): row(_leave, *_OUT),
    (P.TECHNICIAN, view.RunSelftest): row(_run_selftest),
    (P.TECHNICIAN, Examined): row(_examined),
    (P.TECHNICIAN, CardTapped): row(_card_read),
    (P.TECHNICIAN, CardFailed): row(_card_failed),
    (P.TECHNICIAN, view.PrintTestSlip): row(_print_slip),
    (P.TECHNICIAN, PrintReported): row(_slip_reported),
    (P.TECHNICIAN, DoorChanged): row(_door),
    (P.TECHNICIAN, view.PaperChanged): row(_paper_changed),
    (P.TECHNICIAN, RollRenewed): row(_roll_renewed),
    (P.TECHNICIAN, view.Diagnose): row(_diagnose),
    (P.TECHNICIAN, Diagnosed): row(_diagnosed, P.DIAGNOSIS),
    (P.DIAGNOSIS, view.Next): row(_next_code),
    (P.DIAGNOSIS, view.Back): row(_back, P.TECHNICIAN),
    (P.DIAGNOSIS, view.SetServiceMode): row(_set_service_mode),
    (P.DIAGNOSIS, view.Leave): row(_leave, *_OUT),
    (P.DIAGNOSIS, ServiceAsked): _ASKED_AGAIN,
    (P.DIAGNOSIS, DoorChanged): row(_door),
    (P.DIAGNOSIS, Examined): row(_examined),
    (P.DIAGNOSIS, PrintReported): row(_slip_reported),
    (P.DIAGNOSIS, CardTapped): row(_card_read),
    (P.DIAGNOSIS, CardFailed): row(_card_failed),
    (P.DIAGNOSIS, RollRenewed): row(_roll_renewed),
}
"""(phase, event or intent) -> what is done. Read it as the story of a technician's visit."""
