"""What goes around every answer: security headers, and a limit to what is sent in."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 64 * 1024
_POLICY = (
    "default-src 'self'; script-src 'none'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_PDF_POLICY = "frame-ancestors 'none'"
"""A browser's own viewer of PDF is made of scripts and styles that ours would forbid."""


def security_headers(https: bool) -> dict[str, str]:
    """Headers of every answer. No referrer, since a claim code is in the page's address."""
    headers = {
        "Content-Security-Policy": _POLICY,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Cache-Control": "no-store",
        "X-Robots-Tag": "noindex",
    }
    if https:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return headers


class Shell:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, https: bool) -> None:
        self._app = app
        self._headers = security_headers(https)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(MutableHeaders(scope=message), scope["path"])
            await send(message)

        if _too_much(Headers(scope=scope)):
            answer = PlainTextResponse("Kiriman terlalu besar.", 413)
            await answer(scope, receive, with_headers)
            return
        await self._app(scope, receive, with_headers)

    def _add(self, headers: MutableHeaders, path: str) -> None:
        for name, value in self._headers.items():
            headers[name] = value
        if headers.get("content-type") == "application/pdf":
            headers["Content-Security-Policy"] = _PDF_POLICY
        if path.startswith("/static/"):
            headers["Cache-Control"] = "public, max-age=3600"


def _too_much(headers: Headers) -> bool:
    """A body of unknown length is none of a browser's form."""
    length = headers.get("content-length", "0")
    too_long = not length.isdecimal() or len(length) > 9 or int(length) > LARGEST_BODY
    return too_long or "transfer-encoding" in headers
