"""The page and what it asks for, over HTTP.

No page from elsewhere can drive a cabinet: the Host must be an address or ``localhost`` (a name
could have been made to point here), a change must come from our own Origin as JSON, and nothing
is shared with other origins.
"""

from __future__ import annotations

import ipaddress
import json
import logging
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qs, urlsplit

from hw.workbench.cabinet import Bench
from hw.workbench.doors import DoorError

_log = logging.getLogger(__name__)

_LONGEST_WISH = 4096
_IDLE_SECONDS = 60
_FILES = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/workbench.css": ("workbench.css", "text/css; charset=utf-8"),
    "/controls.js": ("controls.js", "text/javascript; charset=utf-8"),
    "/workbench.js": ("workbench.js", "text/javascript; charset=utf-8"),
    "/kawung.svg": ("kawung.svg", "image/svg+xml"),
}
_GUARDS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self';"
    " img-src 'self' blob:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class WorkbenchServer(ThreadingHTTPServer):
    """Listens as soon as it is made; raises OSError. ``port`` 0 takes a free one."""

    daemon_threads = True

    def __init__(self, bench: Bench, host: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__((host, port), _Handler)
        self.bench = bench

    @property
    def url(self) -> str:
        """Where the page is."""
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}/"


class _Handler(BaseHTTPRequestHandler):
    server: WorkbenchServer
    server_version = "workbench"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    timeout = _IDLE_SECONDS

    def do_GET(self) -> None:
        """The page, its state and its pictures."""
        if not is_safe_host(self.headers.get("Host", "")):
            return self._refuse(HTTPStatus.FORBIDDEN, "open the workbench by its address")
        url = urlsplit(self.path)
        if url.path in _FILES:
            name, kind = _FILES[url.path]
            return self._send(
                HTTPStatus.OK, (files(__package__) / "static" / name).read_bytes(), kind
            )
        if url.path == "/layout":
            return self._send_json(HTTPStatus.OK, self.server.bench.layout())
        if url.path == "/state":
            return self._send_json(HTTPStatus.OK, self.server.bench.state())
        if url.path == "/screen.png":
            return self._send_screen(parse_qs(url.query).get("have", [""])[0])
        if url.path == "/lamps":
            return self._send_lamps(parse_qs(url.query).get("have", [""])[0])
        if url.path.startswith("/slips/"):
            return self._send_slip(url.path.removeprefix("/slips/"))
        return self._refuse(HTTPStatus.NOT_FOUND, "there is nothing here")

    def do_POST(self) -> None:
        """Something is done to the cabinet."""
        self.close_connection = True  # an unread body must not be taken for a request
        host = self.headers.get("Host", "")
        if not is_safe_host(host) or self.headers.get("Origin") != f"http://{host}":
            return self._refuse(HTTPStatus.FORBIDDEN, "only the workbench's own page may do this")
        if self.headers.get_content_type() != "application/json":
            return self._refuse(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "JSON, please")
        wish = self._wish()
        if wish is None:
            return self._refuse(HTTPStatus.BAD_REQUEST, "not a JSON object")
        try:
            self.server.bench.do(self.path.removeprefix("/do/"), wish)
        except KeyError:
            return self._refuse(HTTPStatus.NOT_FOUND, "nothing is called so")
        except DoorError as error:
            return self._refuse(HTTPStatus.CONFLICT, str(error))
        return self._send_json(HTTPStatus.OK, {"ok": True})

    def _wish(self) -> dict[str, Any] | None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or len(length) > 9 or int(length) > _LONGEST_WISH:
            return None
        try:
            wish = json.loads(self.rfile.read(int(length)))
        except (ValueError, RecursionError):
            return None
        return wish if isinstance(wish, dict) else None

    def _send_screen(self, have: str) -> None:
        screen = self.server.bench.screen
        if screen is None:
            return self._refuse(HTTPStatus.NOT_FOUND, "there is no screen on this workbench")
        try:
            name, picture = screen.picture()
        except (DoorError, OSError) as error:
            return self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
        if name == have:
            return self._send(HTTPStatus.NO_CONTENT, b"", "")
        return self._send(HTTPStatus.OK, picture, "image/png", {"X-Picture": name})

    def _send_lamps(self, have: str) -> None:
        """Answered when the lamps change, so that the page blinks as they do."""
        pins = self.server.bench.pins
        if pins is None:
            return self._refuse(HTTPStatus.NOT_FOUND, "there are no lamps on this workbench")
        try:
            return self._send_json(HTTPStatus.OK, pins.watch(have))
        except DoorError as error:
            return self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, str(error))

    def _send_slip(self, name: str) -> None:
        printer = self.server.bench.printer
        slip = printer.slip(name) if printer is not None else None
        if slip is None:
            return self._refuse(HTTPStatus.NOT_FOUND, "there is no such slip")
        return self._send(HTTPStatus.OK, slip, "image/png")

    def _refuse(self, status: HTTPStatus, sentence: str) -> None:
        self._send_json(status, {"ok": False, "error": sentence})

    def _send_json(self, status: HTTPStatus, content: dict[str, Any]) -> None:
        self._send(status, json.dumps(content).encode(), "application/json")

    def _send(
        self, status: HTTPStatus, body: bytes, kind: str, more: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in {**_GUARDS, **(more or {})}.items():
            self.send_header(name, value)
        if kind:
            self.send_header("Content-Type", kind)
        if status != HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", str(len(body)))
        try:
            self.end_headers()
            self.wfile.write(body)
        except ConnectionError:  # whoever asked has closed the page
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: the page asks several times a second."""
        _log.debug(format, *args)


def is_safe_host(host: str) -> bool:
    """Whether a Host header is an IP address or localhost, with or without a port."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
        if name == "localhost":
            return True
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
