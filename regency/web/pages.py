"""The templates, and what every page has."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape
from starlette.responses import Response

from regency.web import words

FOLDER = Path(__file__).parent


class Pages:
    """Draws templates. Everything that goes into one is escaped."""

    def __init__(self) -> None:
        environment = Environment(
            loader=FileSystemLoader(FOLDER / "templates"),
            autoescape=select_autoescape(("html",)),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters.update(moment=words.moment, day=words.day, breaks=_breaks)
        environment.globals.update(desk_words=words.DESK_WORDS, officer=None)
        self._templates = Jinja2Templates(env=environment)

    def show(self, request: Request, name: str, status: int = 200, /, **parts: Any) -> Response:
        """The page ``name`` with its ``parts``."""
        return self._templates.TemplateResponse(request, f"{name}.html", parts, status)

    def trouble(self, request: Request, status: int, title: str, sentence: str) -> Response:
        """A page that says what is wrong, and leads on."""
        return self.show(request, "trouble", status, title=title, sentence=sentence)


def csrf_token(request: Request) -> str:
    """The token that a form of this browser must bring along."""
    token = request.session.get("csrf")
    if not isinstance(token, str):
        token = request.session["csrf"] = secrets.token_urlsafe(24)
    return token


def pdf_answer(pdf: bytes, name: str) -> Response:
    """A PDF to look at; ``name`` is what it is saved as, plain ASCII."""
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(pdf, media_type="application/pdf", headers=headers)


def _breaks(text: str) -> Markup:
    """A letter's number may go on in the next line after each slash."""
    return Markup("/<wbr>").join(escape(part) for part in text.split("/"))
