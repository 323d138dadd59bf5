"""What a character is called when it is spelled."""

from __future__ import annotations

from firmware.core.view import Say
from ui.texts import tr


def _names() -> dict[str, str]:
    return {
        " ": tr("spasi"),
        ".": tr("titik"),
        ",": tr("koma"),
        "'": tr("petik"),
        "-": tr("tanda hubung"),
        "/": tr("garis miring"),
        "(": tr("kurung buka"),
        ")": tr("kurung tutup"),
        "&": tr("dan"),
        ":": tr("titik dua"),
    }


def spoken_character(name: str) -> str:
    """``A`` is told from ``a``; a word stays a word."""
    if len(name) != 1:
        return name
    if name.isupper():
        return tr(Say("{letter} besar", {"letter": name}))
    return _names().get(name, name)
