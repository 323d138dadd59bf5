"""The request is durable: its number, its code, and what becomes of it."""

from __future__ import annotations

from kivy.properties import StringProperty

from firmware.core.view import PrintState, Say, Ticket
from ui.page import Page, load_kv
from ui.printstate import NOT_PRINTED, PrintLine, advice
from ui.texts import tr

_WORDS: dict[PrintState, Say] = {
    "queued": Say("Sebentar, pencetak masih menyelesaikan cetakan lain."),
    "printing": Say("Tiket sedang dicetak…"),
    "awaiting": Say("Tiket sedang keluar. Tunggu sampai selesai, jangan ditarik."),
    "printed": Say("Tiket sudah dicetak. Silakan ambil."),
    "unconfirmed": Say("Tiket sudah dikirim ke pencetak. Periksa apakah tiket keluar."),
    "blocked": Say("Tiket belum tercetak."),
    "unknown": Say("Pencetakan terputus. Periksa apakah tiket keluar."),
    "unavailable": Say("Tiket tidak dapat dicetak."),
}
_WRITE_DOWN = Say("Catat atau foto kode di samping, sudah cukup sebagai tiket.")
_DELIVERED = Say("Sudah diterima kabupaten.")
_SAFE = Say("Permohonan Anda aman dan akan terkirim otomatis saat jaringan tersambung.")


class TicketPage(Page):
    """Nothing here says more than the printer or the regency said."""

    title = StringProperty("")
    number = StringProperty("")
    code = StringProperty("")
    delivery = StringProperty("")
    delivery_icon = StringProperty("clock")

    def show(self, screen: Ticket) -> None:
        """The code in two groups of five, as on the paper."""
        self.title, self.number = screen.title, screen.number
        self.code = f"{screen.claim_code[:5]}-{screen.claim_code[5:]}"
        self.delivery = tr(_DELIVERED if screen.delivered else _SAFE)
        self.delivery_icon = "success" if screen.delivered else "clock"
        line: PrintLine = self.ids.print
        line.tell(screen.print_state, tr(_WORDS[screen.print_state]), self._more(screen))
        self.offer("retry", screen.print_state in NOT_PRINTED)

    def _more(self, screen: Ticket) -> str:
        return advice(screen.print_state, screen.message, _WRITE_DOWN)


load_kv(__file__)
