"""A signed letter is being printed."""

from __future__ import annotations

from kivy.properties import StringProperty

from firmware.core.view import Collect, PrintState, Say
from ui.page import Page, load_kv
from ui.printstate import NOT_PRINTED, PrintLine, advice
from ui.texts import tr

_WORDS: dict[PrintState, Say] = {
    "queued": Say("Sebentar, pencetak masih menyelesaikan cetakan lain."),
    "printing": Say("Surat sedang dicetak…"),
    "awaiting": Say("Surat sedang keluar. Tunggu sampai selesai, jangan ditarik."),
    "printed": Say("Surat sudah dicetak. Silakan ambil."),
    "unconfirmed": Say("Surat sudah dikirim ke pencetak. Periksa apakah surat keluar."),
    "blocked": Say("Surat belum tercetak."),
    "unknown": Say("Pencetakan terputus. Periksa apakah surat keluar."),
    "unavailable": Say("Surat tidak dapat dicetak."),
}
_LATER = Say(
    "Surat Anda tetap tersimpan. Cetaklah lain waktu di sini, atau unduh dengan kode di tiket."
)


class CollectPage(Page):
    """Says no more than the printer said."""

    title = StringProperty("")
    number = StringProperty("")

    def show(self, screen: Collect) -> None:
        """Which letter, and how its printing stands."""
        self.title, self.number = screen.title, screen.number
        state = screen.print_state
        line: PrintLine = self.ids.print
        line.tell(state, tr(_WORDS[state]), advice(state, screen.message, _LATER))
        self.offer("retry", state in NOT_PRINTED)


load_kv(__file__)
