"""docs/lamps.md and its picture, made from the table of looks. For village officers: Indonesian."""

from __future__ import annotations

from hw.indicator.looks import BEAT_SECONDS, LOOKS, OFF, STEADY, Colour, FlashRate, Place, Rhythm
from hw.protocols import Pattern

ORDER = (
    Pattern.CARD_PLEASE,
    Pattern.IN_SERVICE,
    Pattern.BUSY,
    Pattern.TAKE_PAPER,
    Pattern.ATTENTION,
    Pattern.OUT_OF_PAPER,
    Pattern.TECHNICIAN_EXPECTED,
    Pattern.OUT_OF_SERVICE,
)
"""All is well first, then by the count of flashes."""

_MEANINGS = {
    Pattern.CARD_PLEASE: ("Siap melayani", "Tempelkan e-KTP."),
    Pattern.IN_SERVICE: ("Sedang melayani warga", "Tidak ada yang perlu dilakukan."),
    Pattern.BUSY: ("Sedang bekerja", "Tunggu sebentar."),
    Pattern.TAKE_PAPER: ("Ada kertas keluar", "Ambil tiket atau surat."),
    Pattern.OUT_OF_SERVICE: (
        "Tidak melayani",
        "Baca layar. Bila tidak pulih, hubungi teknisi dan sebutkan “lima kedipan”.",
    ),
    Pattern.ATTENTION: ("Ada pesan di layar", "Baca layar dan ikuti petunjuknya."),
    Pattern.OUT_OF_PAPER: (
        "Tiket tidak dapat dicetak",
        "Periksa kertas dan tutup pencetak. Permohonan tetap dapat dikirim.",
    ),
    Pattern.TECHNICIAN_EXPECTED: (
        "Pintu terbuka atau sedang diperiksa",
        "Tunggu petugas selesai, lalu tutup pintu.",
    ),
}
_COLOURS = {
    Colour.RED: ("merah", "#d62828"),
    Colour.GREEN: ("hijau", "#2a9d3f"),
    Colour.BLUE: ("biru", "#2667d6"),
    Colour.YELLOW: ("kuning", "#e0b000"),
    Colour.MAGENTA: ("ungu", "#b5179e"),
    Colour.WHITE: ("putih", "#ffffff"),
}
_RATES = {
    FlashRate.CONTINUOUS: "menyala terus",
    FlashRate.SLOW: "berkedip pelan, sekali tiap dua detik",
    FlashRate.MEDIUM: "berkedip sedang, sekali tiap detik",
    FlashRate.QUICK: "berkedip cepat, dua kali tiap detik",
}
_COUNTS = {2: "dua kedipan", 3: "tiga kedipan", 4: "empat kedipan", 5: "lima kedipan"}
_PLACES = {Place.CARD: "kartu", Place.PAPER: "kertas", Place.SERVICE: "layanan"}
_SHOWN_BEATS = 24


def _in_words(rhythm: Rhythm) -> str:
    if rhythm.count:
        return f"**{_COUNTS[rhythm.count]}**, lalu jeda"
    return _RATES[rhythm.rate]


def lamps_page() -> str:
    """docs/lamps.md."""
    return "\n".join(
        [
            "# Arti lampu anjungan",
            "",
            "*What the lamps say, for village officers. Made by `python -m firmware.docs` from "
            "`hw/indicator/looks.py`.*",
            "",
            "Warna tidak perlu dilihat: irama setiap arti berbeda. Kedipan yang **terus sama** "
            "berarti baik. Kedipan yang **dapat dihitung, lalu jeda**, berarti ada yang perlu "
            "dilakukan; jumlahnya dapat disebutkan kepada teknisi lewat telepon.",
            "",
            "![Irama delapan arti lampu selama enam detik](images/lamps.svg)",
            "",
            "| irama | arti | yang perlu dilakukan | warna |",
            "| --- | --- | --- | --- |",
            *(_row(pattern) for pattern in ORDER),
            "",
            "Lampu yang padam sama sekali: anjungan mati atau tidak berlistrik.",
            "",
            "## Anjungan dengan tiga lampu",
            "",
            "Ada anjungan yang lampunya tiga: di pembaca kartu, di tempat kertas keluar, dan "
            "lampu layanan. Iramanya sama, dan tempatnya menunjukkan di mana.",
            "",
            "| arti | lampu kartu | lampu kertas | lampu layanan |",
            "| --- | --- | --- | --- |",
            *(_row_of_three(pattern) for pattern in ORDER),
            "",
            "## For programs",
            "",
            "Words of CEN XFS4IoT (`off`, `slow`, `medium`, `quick`, `continuous`); a beat is "
            f"{BEAT_SECONDS} s.",
            "",
            "| pattern | colour | flash rate | place | one round, beat by beat |",
            "| --- | --- | --- | --- | --- |",
            *(_row_for_programs(pattern) for pattern in ORDER),
            "",
        ]
    )


def _row(pattern: Pattern) -> str:
    look, (meaning, advice) = LOOKS[pattern], _MEANINGS[pattern]
    colour, _ = _COLOURS[look.colour]
    return f"| {_in_words(look.rhythm)} | {meaning} | {advice} | {colour} |"


def _row_of_three(pattern: Pattern) -> str:
    cells = [_cell(LOOKS[pattern].at(place)) for place in _PLACES]
    return f"| {_MEANINGS[pattern][0]} | {' | '.join(cells)} |"


def _cell(rhythm: Rhythm) -> str:
    if rhythm in (OFF, STEADY):
        return {OFF: "padam", STEADY: "menyala terus"}[rhythm]
    return _in_words(rhythm).partition(", sekali")[0].partition(", dua kali")[0]


def _row_for_programs(pattern: Pattern) -> str:
    look = LOOKS[pattern]
    beats = "".join("●" if beat else "·" for beat in look.rhythm.beats)
    return (
        f"| `{pattern.value}` | {look.colour.word} | {look.rhythm.words} | {look.place.value} "
        f"| `{beats}` |"
    )


# ---------------------------------------------------------------- the picture

_CELL, _ROW, _LEFT, _TOP = 16, 34, 286, 34


def lamps_picture() -> str:
    """docs/images/lamps.svg: six seconds of every rhythm; lit is filled, dark is a thin line."""
    width, height = _LEFT + _SHOWN_BEATS * _CELL + 20, _TOP + len(ORDER) * _ROW + 10
    seconds = [
        f'<text x="{_LEFT + at * 4 * _CELL}" y="20" font-size="12" fill="#555">{at} dtk</text>'
        for at in range(round(_SHOWN_BEATS * BEAT_SECONDS))
    ]
    rows = [line for at, pattern in enumerate(ORDER) for line in _drawn(pattern, at)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}" font-family="sans-serif">',
            f'<rect width="{width}" height="{height}" fill="#f4f4f2"/>',
            *seconds,
            *rows,
            "</svg>",
            "",
        ]
    )


def _drawn(pattern: Pattern, at: int) -> list[str]:
    look, top = LOOKS[pattern], _TOP + at * _ROW
    _, colour = _COLOURS[look.colour]
    beats = look.rhythm.beats * _SHOWN_BEATS
    count = f"{look.rhythm.count} × " if look.rhythm.count else ""
    lines = [
        f'<text x="12" y="{top + 17}" font-size="14" fill="#111">'
        f"{count}{_MEANINGS[pattern][0]}</text>"
    ]
    for number in range(_SHOWN_BEATS):
        x = _LEFT + number * _CELL
        if beats[number]:
            lines.append(
                f'<rect x="{x}" y="{top}" width="{_CELL}" height="22" fill="{colour}" '
                'stroke="#111" stroke-width="1"/>'
            )
        else:
            lines.append(
                f'<line x1="{x}" y1="{top + 21}" x2="{x + _CELL}" y2="{top + 21}" '
                'stroke="#111" stroke-width="1"/>'
            )
    return lines
