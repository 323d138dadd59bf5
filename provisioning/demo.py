"""One citizen's visit, from the tap to the letter, on real parts: ``sh provisioning/demo.sh``.

What it leaves in ``--out``: screens/NN-name.png, ticket.png, letter.pdf, letter.png,
letter-roll.png, journal.jsonl, result.json. Exit code 0 only if every check holds. With
``--live`` everything stays up afterwards for a person to play with.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from provisioning import evidence
from provisioning.cabinet import PASSPHRASE, Cabinet
from provisioning.desk import Desk, browser
from provisioning.keeper import Keeper
from provisioning.visit import Album, Citizen, Wish, wait_for_event, wait_until
from regency.signing import check_signature
from ui.ears import DRIVERS

_F4_MM = (215, 330)
_RESULTS = (
    "ticket.png",
    "letter.pdf",
    "letter.png",
    "letter-roll.png",
    "journal.jsonl",
    "result.json",
)


class Demo:
    """The story, step by step. ``result`` fills up with what was found."""

    def __init__(self, cabinet: Cabinet, out: Path) -> None:
        self._cabinet = cabinet
        self._out = out
        self._album = Album(out / "screens", cabinet.hands.picture)
        self._citizen = Citizen(cabinet, cabinet.cards[0], self._album)
        self.result: dict[str, Any] = {}

    def ask(self) -> None:
        """Tap, PIN, letter, form, ticket."""
        cabinet, citizen = self._cabinet, self._citizen
        with step("the kiosk knows its residents and waits"):
            wait_for_event(cabinet, "directory.updated")
            cabinet.hands.wait_screen("attract")
            self._album.take("attract")
        with step("a citizen taps a card, types the PIN"):
            began = citizen.tap()
            citizen.enter_pin()
        with step("chooses a letter and answers what is missing"):
            citizen.ask_for_letter(Wish())
        with step("sends it; the ticket comes out"):
            slip = citizen.send()
            self.result["seconds_tap_to_ticket"] = round(time.monotonic() - began, 1)
            request = wait_for_event(cabinet, "request.stored")["request_id"]
            self.result["request_id"] = request
            citizen.see_ticket(request)
            shutil.copy(slip, self._out / "ticket.png")
            codes = evidence.codes_on(slip)
            self.result["claim_code"] = evidence.claim_code_of(codes)
            self._ticket_url = codes[0]
            citizen.leave()
        with step("the regency commits it, and its receipt lets the outbox go"):
            wait_for_event(cabinet, "request.delivered", id=request)

    def decide(self) -> None:
        """At the desk."""
        cabinet, request = self._cabinet, str(self.result["request_id"])
        with browser() as opened:
            desk = Desk(opened, cabinet.desk_url, self._album.next_path)
            with step("the ticket's QR code shows where the letter is"):
                desk.visit(self._ticket_url, "phone-track")
            with step("an officer signs in at the desk and approves"):
                desk.approve(cabinet.officer("officer"), request)
            with step("the village head signs"):
                desk.sign(cabinet.officer("head"), request, PASSPHRASE)
        with step("the signed letter comes down to the kiosk"):
            wait_for_event(cabinet, "letter.arrived", request_id=request)

    def collect(self) -> None:
        """Tap again, print the letter on the page printer."""
        cabinet, request = self._cabinet, str(self.result["request_id"])
        printer = cabinet.page_printer
        assert printer is not None
        with step("the citizen taps again and prints the letter (CUPS, IPP)"):
            self._print_again("page", request)
            sheet = wait_until("the printed letter", lambda: next(iter(printer.printed), None))
            shutil.copy(sheet, self._out / "letter.pdf")
        with step("'collected' reaches the regency"):
            self.result["collected"] = self._wait_collected(request, "page")

    def collect_on_the_roll(self) -> None:
        """The same kiosk without a page printer."""
        cabinet, request = self._cabinet, str(self.result["request_id"])
        with step("the kiosk starts again, without a page printer"):
            cabinet.stop("controller")
            cabinet.hands.wait_screen("preparing")
            self._album.take("preparing")
            cabinet.configure(page_printer=False)
            cabinet.start_controller()
        with step("and prints the letter on the roll"):
            before = len(cabinet.printed_slips())
            self._print_again("roll", request)
            slip = wait_until("the roll", lambda: cabinet.slip_after(before))
            shutil.copy(slip, self._out / "letter-roll.png")
            self.result["collected"] = self._wait_collected(request, "roll")

    def check(self) -> None:
        """Look at what came out with other programs than those that made it."""
        letter, request = self._out / "letter.pdf", str(self.result["request_id"])
        with step("the signature is valid and the printed letter is the signed one"):
            signing_ca = self._cabinet.regency.signing_ca.read_bytes()
            signature = check_signature(letter.read_bytes(), signing_ca)
            self.result["signature_valid"] = signature.valid
            number, pdf = self._stored_letter(request)
            self.result["letter_number"] = number
            require(signature.valid, f"the signature is not valid: {signature.reason}")
            require(pdf == letter.read_bytes(), "what was printed is not what was signed")
        with step("a phone reads the codes; the letter is F4 and has its number"):
            evidence.draw_pdf(letter, self._out / "letter.png")
            require(number in evidence.text_of(letter), f"the letter lacks its number {number}")
            require(evidence.paper_size_mm(letter) == _F4_MM, "the letter is not F4")
            urls = {*evidence.codes_on(self._out / "letter.png")}
            require(len(urls) == 1, f"the letter should have one QR code, it has {urls}")
            require(
                urls == {*evidence.codes_on(self._out / "letter-roll.png")},
                "the letter on the roll has another QR code than the page",
            )
        with step("the letter's QR code opens the page that checks it"), browser() as opened:
            desk = Desk(opened, self._cabinet.desk_url, self._album.next_path)
            said = desk.visit(urls.pop(), "phone-verify")
            require(number in said, "the page that checks the letter does not know its number")

    def _print_again(self, medium: str, request: str) -> None:
        self._citizen.tap()
        self._citizen.enter_pin(pictures=False)
        self._citizen.print_letter(request, medium)
        self._citizen.leave()

    def _wait_collected(self, request: str, medium: str) -> bool:
        def confirmed() -> bool | None:
            found = evidence.rows(
                self._cabinet.database,
                "SELECT 1 FROM requests JOIN collected ON request_id = requests.id"
                " WHERE requests.id = ? AND state = 'collected' AND medium = ? AND confirmed",
                request,
                medium,
            )
            return bool(found) or None

        return wait_until(f"'collected' ({medium}) in the regency's database", confirmed)

    def _stored_letter(self, request: str) -> tuple[str, bytes]:
        (found,) = evidence.rows(
            self._cabinet.database, "SELECT number, pdf FROM letters WHERE request_id = ?", request
        )
        return str(found[0]), bytes(found[1])


class FailedError(Exception):
    """A check of the demo does not hold."""


def require(holds: bool, otherwise: str) -> None:
    """Raise FailedError with the sentence when a check does not hold."""
    if not holds:
        raise FailedError(otherwise)


@contextmanager
def step(name: str) -> Iterator[None]:
    """Tell what is being done, and which step it was when it fails."""
    print(f"   {name} …", flush=True)
    try:
        yield
    except Exception as error:
        error.add_note(f"The step that failed: {name}")
        raise


# ---------------------------------------------------------------- command line


def main(arguments: list[str] | None = None) -> int:
    """Play the visit; with --live stay up afterwards."""
    options = _parser().parse_args(arguments)
    # SIGINT too: a shell starts what it puts in the background with SIGINT ignored.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupted)
    out: Path = options.out.resolve()
    _clear(out)
    folder = Path(tempfile.mkdtemp(prefix="anjungan-"))
    try:
        finished = _play(folder, out, options.live, options.voice)
    except KeyboardInterrupt:
        print("\nStopped.", flush=True)
        finished = False
    if finished:
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if finished else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="demo.sh", description="play a citizen's whole visit")
    parser.add_argument("--out", type=Path, default=Path("demo-out"), help="where pictures go")
    parser.add_argument("--live", action="store_true", help="stay up afterwards")
    parser.add_argument("--voice", choices=DRIVERS, default=_voice_here(), help="of the screen")
    return parser


def _voice_here() -> str:
    """It speaks where it can be heard."""
    has_card = any(Path("/dev/snd").glob("pcm*p"))
    return "espeak" if has_card and shutil.which("espeak-ng") else "none"


def _interrupted(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _clear(out: Path) -> None:
    """Take away what an earlier run left, and nothing else."""
    shutil.rmtree(out / "screens", ignore_errors=True)
    for name in _RESULTS:
        (out / name).unlink(missing_ok=True)
    out.mkdir(parents=True, exist_ok=True)


def _play(folder: Path, out: Path, live: bool, voice: str) -> bool:
    cabinet = Cabinet(folder, voice=voice)
    try:
        with step("starting reader, printers, broker, regency, controller and screen"):
            cabinet.start()
        passed = _tell(cabinet, out)
        if live and passed:
            _stay_up(cabinet, voice)
        return passed
    except Exception as error:  # noqa: BLE001 (the rim: it is told, the exit code says so)
        _explain(error, folder, cabinet, out)
        return False
    finally:
        _keep_journal(cabinet, out)
        cabinet.close()


def _tell(cabinet: Cabinet, out: Path) -> bool:
    demo = Demo(cabinet, out)
    demo.ask()
    demo.decide()
    demo.collect()
    demo.collect_on_the_roll()
    demo.check()
    evidence.write_result(out / "result.json", demo.result)
    for name, value in demo.result.items():
        print(f"   {name}: {value}")
    print(f"Everything is as it should be. Look at {out}", flush=True)
    return all(demo.result.values())


def _explain(error: Exception, folder: Path, cabinet: Cabinet, out: Path) -> None:
    """Which step failed, why, and where to look; the state folder is kept."""
    for note in getattr(error, "__notes__", ()):
        print(note, file=sys.stderr)
    print(f"{type(error).__name__}: {error}", file=sys.stderr)
    print(f"Logs are in {cabinet.logs}, the rest of its state in {folder}", file=sys.stderr)
    if cabinet.has_screen:
        picture = out / "screens" / "99-where-it-failed.png"
        try:
            cabinet.hands.picture(picture)
            print(f"The screen as it was: {picture}", file=sys.stderr)
        except OSError:
            print("There is no picture of the screen: it has ended.", file=sys.stderr)


def _keep_journal(cabinet: Cabinet, out: Path) -> None:
    if cabinet.journal.exists():
        shutil.copy(cabinet.journal, out / "journal.jsonl")


def _stay_up(cabinet: Cabinet, voice: str) -> None:
    display = cabinet.display
    assert display is not None
    with step("the kiosk gets its page printer back"):
        cabinet.stop("controller")
        cabinet.configure(page_printer=True)
        cabinet.start_controller()
    card, screen = cabinet.cards[1], display.environment["DISPLAY"]
    voice = f"what is said is written to {cabinet.transcript}" if voice == "transcript" else voice
    keeper = Keeper(cabinet)
    workbench = cabinet.start_workbench(keeper.write_manifest())
    tell = f"{sys.executable} -m provisioning.tell"
    print(
        f"""
Everything stays up until Ctrl+C. State and logs: {cabinet.folder}

The workbench   {workbench}
                the whole cabinet on a page: cards, screen, paper, and what can break
The desk        {cabinet.desk_url}/meja
{_accounts(cabinet)}
                passphrase for signing: {PASSPHRASE}
The screen      X display {screen}, {cabinet.inspector}
                see it:   {tell} {cabinet.inspector} '{{"ask":"picture","path":"/tmp/screen.png"}}'
                touch it: DISPLAY={screen} xdotool mousemove X Y click 1
Card reader     {cabinet.reader.control}
                lay a card down (PIN {card.pin}; more in {cabinet.folder / "cards.json"}):
                {tell} {cabinet.reader.control} '{{"insert":"{card.uid}"}}'
                take it up again:
                {tell} {cabinet.reader.control} '{{"remove":true}}'
Ticket printer  127.0.0.1:{cabinet.printer_port}, its paper in {cabinet.slips}
                {tell} {cabinet.printer_control} '{{"paper":"out"}}'
The voice       {voice}
Network         {cabinet.line_control}
                {tell} {cabinet.line_control} '{{"line":"cut"}}'
""",
        flush=True,
    )
    with suppress(KeyboardInterrupt), keeper:
        keeper.serve()
    print("Stopping.", flush=True)


def _accounts(cabinet: Cabinet) -> str:
    officers = (cabinet.officer("officer"), cabinet.officer("head"))
    return "\n".join(
        f"                {one.role}: {one.username}, password {one.password}" for one in officers
    )


if __name__ == "__main__":
    raise SystemExit(main())
