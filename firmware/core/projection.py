"""What the screen shows of a state: ``view_of(state)``. Pure, and the only maker of views."""

from __future__ import annotations

import math
from collections.abc import Callable

from msgspec import structs

from firmware.core import remote, technician, view
from firmware.core.asking_screens import ASKING_SCREENS
from firmware.core.notices import FAULTS
from firmware.core.officer_screens import OFFICER_SCREENS
from firmware.core.session import idle_seconds
from firmware.core.state import LISTENING, Phase, Service, State
from firmware.core.view import Say, ViewState
from firmware.core.walk_in_screens import WALK_IN_SCREENS


def view_of(state: State, serial: int) -> ViewState:
    """The whole of what is shown now. ``serial`` grows by one at every view."""
    lights = view.Lights(
        state.reader_online, state.printer_usable, state.link_online, state.cabinet.on_mains
    )
    is_calling = state.calling is not None and state.phase in remote.AT_REST
    screen = _identify(state) if is_calling else _SCREENS[state.phase](state)
    if isinstance(screen, view.Pin):
        screen = structs.replace(screen, shuffled=_is_shuffled(state))
    return ViewState(
        serial,
        state.policy.place,
        lights,
        screen,
        idle_seconds(state),
        state.preferences,
        state.adjusting,
        state.cabinet.headphone,
        state.phase in LISTENING,
    )


def _is_shuffled(state: State) -> bool:
    """Not for who goes by ear: they count the keys."""
    return state.preferences.shuffled and not state.preferences.voice


def _out_of_service(state: State) -> view.Screen:
    if state.cabinet.door_open:
        return view.OutOfService(
            Say("Anjungan sedang diperiksa petugas."),
            Say("Silakan tunggu sebentar. Untuk keperluan mendesak, datanglah ke kantor desa."),
        )
    if state.in_service_mode:
        return view.OutOfService(
            Say("Anjungan ini ditutup sementara oleh petugas."),
            Say("Permohonan Anda tetap aman. Untuk keperluan mendesak, datanglah ke kantor desa."),
        )
    if state.cabinet.ending:
        return view.OutOfService(
            Say("Listrik padam dan baterai anjungan hampir habis."),
            Say("Anjungan melayani lagi setelah listrik menyala."),
        )
    if state.saves_battery:
        return view.OutOfService(
            Say("Listrik padam; anjungan memakai baterai."),
            Say("Anjungan melayani lagi setelah listrik menyala."),
        )
    return view.OutOfService(
        Say("Pembaca kartu sedang tidak berfungsi."),
        Say("Silakan beri tahu petugas. Untuk keperluan mendesak, datanglah ke kantor desa."),
    )


def _identify(state: State) -> view.Screen:
    assert state.calling is not None
    meaning = Say("Petugas sedang mencari anjungan ini.")
    if state.phase is Phase.ATTRACT:
        next_step = Say("Anjungan tetap melayani: tempelkan e-KTP Anda.")
    else:
        next_step = Say("Anjungan sedang tidak melayani. Silakan datang ke kantor desa.")
    return view.Identify(state.calling.kiosk, meaning, next_step)


def _attract(_state: State) -> view.Screen:
    return view.Attract()


def _wait(text: str) -> Callable[[State], view.Screen]:
    return lambda _state: view.Wait(Say(text))


def _pin(state: State) -> view.Screen:
    guest = state.guest
    wait = max(0, math.ceil(guest.pin_from - state.now))
    return view.Pin(len(guest.pin), guest.pin_message, wait)


def _new_pin(state: State) -> view.Screen:
    guest = state.guest
    assert guest.new_pin is not None
    wait = max(0, math.ceil(guest.pin_from - state.now)) if guest.new_pin.asks == "old" else 0
    return view.Pin(len(guest.new_pin.typed), guest.pin_message, wait, guest.new_pin.asks)


def _pin_changed(_state: State) -> view.Screen:
    return view.Done(
        Say("PIN Anda sudah diganti"),
        Say(
            "Mulai sekarang pakai PIN baru di anjungan ini. Di anjungan lain PIN lama masih"
            " berlaku sampai kabarnya tiba di sana."
        ),
    )


def _home(state: State) -> view.Screen:
    guest = state.guest
    assert guest.profile is not None
    ready = tuple(structs.replace(item, title=state.title(item.title)) for item in guest.ready)
    pending = tuple(
        item
        if isinstance(item.title, Say)
        else structs.replace(item, title=state.title(item.title))
        for item in guest.pending
    )
    helper = guest.helper.name if guest.helper else ""
    return view.Home(guest.profile.nama, ready, pending, helper)


def _ticket(state: State) -> view.Screen:
    guest = state.guest
    assert guest.filed is not None and guest.printing is not None
    filed = guest.filed
    return view.Ticket(
        state.title(filed.title),
        filed.number,
        filed.claim_code,
        guest.printing.state,
        _fault(state),
        filed.delivered,
    )


def _collect(state: State) -> view.Screen:
    guest = state.guest
    assert guest.printing is not None
    wanted = guest.printing.request_id
    item = next(item for item in guest.ready if item.request_id == wanted)
    return view.Collect(state.title(item.title), item.number, guest.printing.state, _fault(state))


def _fault(state: State) -> Say | None:
    printing = state.guest.printing
    return FAULTS[printing.fault] if printing is not None and printing.fault else None


def _notice(state: State) -> view.Screen:
    assert state.notice is not None
    return state.notice


def _goodbye(_state: State) -> view.Screen:
    return view.Goodbye()


def _technician(state: State) -> view.Screen:
    service = state.technician
    devices = tuple(_with_card(line, service) for line in service.devices)
    if state.sound_trouble:
        devices += (_no_sound(state.sound_trouble),)
    return view.TechnicianScreen(devices, service.facts, service.news, service.slip_under_way)


def _no_sound(reason: str) -> view.DeviceLine:
    advice = Say("Periksa kartu suara dan pengeras suara.")
    return view.DeviceLine(
        "sound", Say("Suara"), "notThere", Say("Tidak terdengar."), advice, reason
    )


def _diagnosis(state: State) -> view.Screen:
    found = technician.diagnosis_of(state)
    code = found.codes[found.at] if found.codes else ""
    return view.DiagnosisScreen(
        found.facts, code, found.at + 1, len(found.codes), state.in_service_mode
    )


def _with_card(line: view.DeviceLine, service: Service) -> view.DeviceLine:
    """A reader that is well says more by the card that was laid on it."""
    if service.card is None or line.id != "reader" or line.health != "well":
        return line
    if service.card_advice is None:
        return structs.replace(line, status=service.card)
    return structs.replace(
        line, health="needsPerson", status=service.card, advice=service.card_advice
    )


_SCREENS: dict[Phase, Callable[[State], view.Screen]] = {
    Phase.OUT_OF_SERVICE: _out_of_service,
    Phase.ATTRACT: _attract,
    Phase.LOOKING_UP: _wait("Sebentar, kartu sedang dibaca…"),
    Phase.ASKING: _wait("Kartu belum dikenal di sini. Bertanya ke kabupaten…"),
    Phase.PIN: _pin,
    Phase.OPENING: _wait("Sebentar, data Anda sedang dibuka…"),
    Phase.HOME: _home,
    Phase.NEW_PIN: _new_pin,
    Phase.CHECKING_PIN: _wait("Sebentar, PIN sedang diperiksa…"),
    Phase.CHANGING_PIN: _wait("Sebentar, PIN baru sedang disimpan…"),
    Phase.PIN_CHANGED: _pin_changed,
    Phase.STORING: _wait("Permohonan sedang disimpan…"),
    Phase.TICKET: _ticket,
    Phase.COLLECT: _collect,
    Phase.NOTICE: _notice,
    Phase.GOODBYE: _goodbye,
    Phase.TECHNICIAN: _technician,
    **ASKING_SCREENS,
    Phase.DIAGNOSIS: _diagnosis,
    **OFFICER_SCREENS,
    **WALK_IN_SCREENS,
}
