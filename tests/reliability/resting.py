"""A whole kiosk with its regency, visits of fictional residents, and every byte that they leave
on disk and on the wire, for searching. A spy with the rights of the broker's operator listens.
"""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from firmware.core import view
from firmware.core.request import Profile
from provisioning.ca import Authorities
from provisioning.cabinet import PASSPHRASE, Cabinet
from provisioning.population import Card
from provisioning.tell import tell
from provisioning.visit import wait_for_event
from regency.model import Officer
from tests.journeys.kiosk import Screen
from tests.reliability.needles import (
    Found,
    Needle,
    Searcher,
    claim_needles,
    person_needles,
    pin_needles,
    text_needles,
    uid_needles,
)

LETTER = "keterangan-usaha"
IN_CLEAR = (
    Needle("a letter that is not sealed", b"%PDF-1."),
    Needle("a key pressed", b'"type":"digit"'),
    Needle("a key pressed", b"Digit(digit="),
)
Pile = dict[str, bytes]


@dataclass(repr=False)
class Secrets:
    """What was used so far and must be found nowhere. ``as_kept``: as a program holds it."""

    needles: list[Needle] = field(default_factory=list)
    as_kept: list[Needle] = field(default_factory=list)
    answers: int = 0

    def meet(self, card: Card, profile: Profile, whose: str) -> None:
        """A resident comes for the first time."""
        self.needles += person_needles(profile, whose)
        self.needles += pin_needles(card.pin, whose)
        self.needles += uid_needles(bytes.fromhex(card.uid), whose)
        for text in (profile.nik, profile.nama, profile.alamat, profile.tanggal_lahir, card.uid):
            self.as_kept.append(Needle(f"profile or UID of {whose}", text.encode()))
        self.as_kept.append(Needle(f"UID of {whose}", bytes.fromhex(card.uid)))
        self.as_kept.append(Needle(f"PIN of {whose}", b"\0" + card.pin.encode() + b"\0"))

    def answer(self) -> str:
        """An answer that nobody gave before."""
        self.answers += 1
        text = f"Warung Rahasia Ke {self.answers} Jaya"
        self.needles += text_needles(f"answer {self.answers}", text)
        self.as_kept.append(Needle(f"answer {self.answers}", text.encode()))
        return text

    def searcher(self) -> Searcher:
        """For all of it, in every spelling."""
        return Searcher([*self.needles, *IN_CLEAR])


class SpiedCabinet(Cabinet):
    """A cabinet whose broker lets a spy hear everything. Its programs have a HOME and a folder for
    temporary files of their own.
    """

    heard: list[tuple[str, bytes]]

    def start_broker(self) -> None:
        self.heard = []
        with (self.regency.broker / "acl").open("a") as acl:
            acl.write("\nuser spy\ntopic read #\n")
        super().start_broker()
        self._listen()

    def _listen(self) -> None:
        folder = self.folder / "spy"
        certificate, key = folder / "spy.pem", folder / "spy.key"
        Authorities.load(self.regency.folder / "ca").devices.issue_client("spy").write(
            certificate, key
        )
        context = ssl.create_default_context(cafile=str(self.regency.broker / "ca.pem"))
        context.load_cert_chain(certificate, key)
        spy = mqtt.Client(CallbackAPIVersion.VERSION2, "spy", protocol=mqtt.MQTTv5)
        spy.tls_set_context(context)
        spy.on_connect = lambda client, *_: client.subscribe("#", qos=1)
        spy.on_message = lambda _client, _data, message: self.heard.append(
            (message.topic, bytes(message.payload))
        )
        spy.connect("127.0.0.1", self.ports.broker)
        spy.loop_start()
        self._open.callback(spy.loop_stop)
        self._open.callback(spy.disconnect)

    # ------------------------------------------------------------ what is left

    def on_disk(self) -> Pile:
        """Every file that the kiosk and its daemons left, with its name, and all their logs."""
        folders = [self.folder / name for name in ("kiosk", "reader", "logs", "home", "tmp")]
        folders.append(self.regency.broker / "state")
        if self.page_printer is not None and self.page_printer._state is not None:
            folders.append(self.page_printer._state / "cups")
        pile = {}
        for folder in folders:
            for file in sorted(folder.rglob("*")):
                if file.is_file():
                    pile[str(file)] = str(file).encode() + b"\n" + file.read_bytes()
        return pile

    def on_the_wire(self) -> Pile:
        """Every topic and message that the broker saw."""
        return {
            f"message {number} on {topic}": topic.encode() + b"\n" + payload
            for number, (topic, payload) in enumerate(list(self.heard))
        }

    def search(self, secrets: Secrets) -> list[Found]:
        """Everything, for everything."""
        searcher = secrets.searcher()
        piles = {**self.on_disk(), "the wire": b"\n".join(self.on_the_wire().values())}
        return [found for place, raw in piles.items() for found in searcher.look(raw, place)]


class Desk:
    """An officer's browser, without one."""

    def __init__(self, url: str, officer: Officer) -> None:
        self._client = httpx.Client(base_url=url, timeout=60)
        form = {"username": officer.username, "password": officer.password}
        self._post("/masuk", "/masuk", **form)

    def _post(self, page: str, where: str, **fields: str) -> None:
        found = re.search(r'name="csrf" value="([^"]+)"', self._client.get(page).text)
        assert found is not None, f"{page} has no form"
        answer = self._client.post(where, data={"csrf": found[1], **fields})
        assert answer.status_code in (200, 303), f"{where}: {answer.status_code}"

    def press(self, request_id: str, action: str, **fields: str) -> None:
        """A button of the request's page."""
        page = f"/meja/permohonan/{request_id}"
        self._post(page, f"{page}/{action}", **fields)

    def close(self) -> None:
        """Leave."""
        self._client.close()


class Village:
    """Residents, the screen and the desk of a spied cabinet."""

    def __init__(self, cabinet: SpiedCabinet, secrets: Secrets) -> None:
        self.cabinet = cabinet
        self.secrets = secrets
        self.screen = self._stand_before_it()
        self._known: set[str] = set()
        self._officers = [
            Desk(cabinet.desk_url, cabinet.officer(role)) for role in ("officer", "head")
        ]

    def _stand_before_it(self) -> Screen:
        return Screen(self.cabinet.folder / "kiosk" / "run" / "ui.sock")

    def close(self) -> None:
        """Go home."""
        self.screen.close()
        for desk in self._officers:
            desk.close()

    # ------------------------------------------------------------ steps of a visit

    def _meet(self, card: Card) -> None:
        if card.uid in self._known:
            return
        self._known.add(card.uid)
        residents = self.cabinet.population.seed.residents
        profile = next(one.profile for one in residents if one.profile.nik == card.nik)
        self.secrets.meet(card, profile, f"resident {len(self._known)}")

    def tap(self, card: Card) -> None:
        """Hold the card until the kiosk asks for its PIN."""
        self._meet(card)
        before = len(self.screen.all)
        self.cabinet.reader.insert(bytes.fromhex(card.uid))
        self._fresh(before, lambda state: isinstance(state.screen, view.Pin))
        time.sleep(0.5)  # pcscd looks every 0.4 s
        self.cabinet.reader.remove()

    def _fresh(self, before: int, seen: Callable[[view.ViewState], bool]) -> view.ViewState:
        """A view that came after the first ``before``."""
        return self.screen.await_view(lambda state: len(self.screen.all) > before and seen(state))

    def type_pin(self, pin: str) -> None:
        """Six digits."""
        self.screen.await_view(
            lambda state: isinstance(state.screen, view.Pin) and not state.screen.wait_seconds
        )
        for digit in pin:
            self.screen.says(view.Digit(int(digit)))

    def open(self, card: Card) -> view.Home:
        """Tap and PIN; the visitor's own page."""
        self.screen.await_screen(view.Attract)
        self.tap(card)
        self.type_pin(card.pin)
        home = self.screen.await_screen(view.Home)
        assert isinstance(home, view.Home)
        return home

    def type_wrong_pin(self, card: Card) -> None:
        """Another's PIN; typed, it is somebody's secret too."""
        wrong = "".join(str(9 - int(digit)) for digit in card.pin)
        self.secrets.needles += pin_needles(wrong, "somebody in error")
        self.type_pin(wrong)
        self.screen.await_view(
            lambda state: isinstance(state.screen, view.Pin) and state.screen.message is not None
        )

    def begin_form(self) -> None:
        """The first question, answered letter by letter."""
        self.screen.await_screen(view.Home)
        self.screen.says(view.NewLetter())
        self.screen.await_screen(view.LetterList)
        self.screen.says(view.ChooseLetter(LETTER))
        text = self.secrets.answer()
        self.screen.await_view(lambda state: _asks(state, "nama_usaha"))
        for length in range(1, len(text) + 1):
            self.screen.says(view.Answer("nama_usaha", text[:length]))
        self.screen.await_view(lambda state: _asks(state, "nama_usaha", text))

    def send_form(self) -> str:
        """The other questions, the review, the ticket on paper; the request's id."""
        before = len(self.cabinet.journal_events())
        self.screen.says(view.Next())
        self.screen.await_view(lambda state: _asks(state, "keperluan"))
        self.screen.says(view.Answer("keperluan", "Pengajuan pinjaman"))
        self.screen.says(view.Next())
        self.screen.await_screen(view.Review)
        self.screen.says(view.Next())
        ticket = self.screen.await_screen(view.Ticket)
        self.secrets.needles += claim_needles(ticket.claim_code, f"request {ticket.number}")
        self.screen.await_view(
            lambda state: (
                isinstance(state.screen, view.Ticket) and state.screen.print_state == "printed"
            )
        )
        return next(
            str(event["request_id"])
            for event in self.cabinet.journal_events()[before:]
            if event["event"] == "request.stored"
        )

    def leave(self) -> None:
        """Finish; nobody is there."""
        self.screen.says(view.Finish())
        self.screen.await_screen(view.Attract)

    def sign(self, request_id: str) -> None:
        """The desk does its part, and the letter comes down."""
        wait_for_event(self.cabinet, "request.delivered", id=request_id)
        officer, head = self._officers
        officer.press(request_id, "periksa")
        officer.press(request_id, "setujui")
        head.press(request_id, "tanda-tangani", passphrase=PASSPHRASE)
        wait_for_event(self.cabinet, "letter.arrived", request_id=request_id)

    def collect(self, card: Card, request_id: str) -> None:
        """Come back and print the letter."""
        home = self.open(card)
        assert request_id in [item.request_id for item in home.ready]
        self.screen.says(view.PrintLetter(request_id))
        wait_for_event(
            self.cabinet, "print.job", kind="letter", request_id=request_id, state="CONFIRMED"
        )
        self.leave()

    # ------------------------------------------------------------ what else happens

    def cut_power(self) -> None:
        """SIGKILL the controller, wherever it is, and start it again."""
        self.cabinet.kill("controller")
        self.screen.close()

    def switch_on(self) -> None:
        """Start the controller again."""
        self.cabinet.start_controller()
        self.screen = self._stand_before_it()

    def call_technician(self) -> None:
        """The service button: the screen, a test slip, and a status slip on paper."""
        self._button("press")
        wait_for_event(self.cabinet, "print.job", kind="service", state="CONFIRMED")
        self._button("hold")
        self.screen.await_screen(view.TechnicianScreen)
        self.screen.says(view.Leave())
        self.screen.await_screen(view.Attract)

    def _button(self, act: str) -> None:
        tell(self.cabinet.pins_control, {"service": act})


def _asks(state: view.ViewState, name: str, value: str | None = None) -> bool:
    screen = state.screen
    return (
        isinstance(screen, view.Form)
        and screen.question.name == name
        and value in (None, screen.question.value)
    )


def homes(folder: Path) -> Iterator[tuple[str, str]]:
    """Environment that shows what a program leaves in HOME and where temporary files go."""
    for name, inside in (("HOME", "home"), ("TMPDIR", "tmp")):
        (folder / inside).mkdir(parents=True, exist_ok=True)
        yield name, str(folder / inside)


def cores() -> set[Path]:
    """Core files in the folder that programs are started in."""
    return set(Path.cwd().glob("core*"))
