"""No page from elsewhere drives a cabinet."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hw.workbench.cabinet import Bench
from hw.workbench.manifest import Command, Manifest
from hw.workbench.server import WorkbenchServer, is_safe_host

JSON = {"Content-Type": "application/json"}


class Served:
    """A workbench with one command, which leaves a mark."""

    def __init__(self, folder: Path) -> None:
        self.mark = folder / "mark"
        command = Command("mark", "Leave a mark", ("touch", str(self.mark)))
        self.server = WorkbenchServer(Bench(Manifest("Contoh", commands=(command,))))
        self.host = self.server.url.removeprefix("http://").rstrip("/")
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self._thread.start()

    def ask(
        self, method: str, path: str, headers: dict[str, str], body: bytes = b""
    ) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(self.host, timeout=10)
        connection.request(method, path, body, {"Connection": "close", **headers})
        return connection.getresponse()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    served = Served(tmp_path)
    yield served
    served.close()


WISH = json.dumps({"id": "mark"}).encode()


def test_its_own_page_may(served: Served) -> None:
    answer = served.ask("POST", "/do/command", {"Origin": f"http://{served.host}", **JSON}, WISH)

    assert (answer.status, served.mark.exists()) == (200, True)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "http://rebound.example", "Host": "rebound.example"},
    ],
)
def test_another_page_may_not(served: Served, headers: dict[str, str]) -> None:
    answer = served.ask("POST", "/do/command", {**JSON, **headers}, WISH)

    assert (answer.status, served.mark.exists()) == (403, False)


def test_a_form_may_not(served: Served) -> None:
    headers = {"Origin": f"http://{served.host}", "Content-Type": "text/plain"}

    answer = served.ask("POST", "/do/command", headers, WISH)

    assert (answer.status, served.mark.exists()) == (415, False)


@pytest.mark.parametrize(
    "path", ["/", "/state", "/layout", "/screen.png", "/lamps", "/slips/slip-001.png"]
)
def test_a_name_made_to_point_here_sees_nothing(served: Served, path: str) -> None:
    assert served.ask("GET", path, {"Host": "rebound.example"}).status == 403


def test_nothing_is_shared_with_other_origins(served: Served) -> None:
    answer = served.ask("GET", "/state", {"Origin": "http://elsewhere.example"})

    assert answer.status == 200
    assert answer.headers["Access-Control-Allow-Origin"] is None
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b" " * 5000])
def test_what_is_no_wish_is_refused(served: Served, body: bytes) -> None:
    answer = served.ask("POST", "/do/lift", {"Origin": f"http://{served.host}", **JSON}, body)

    assert answer.status == 400


def test_hosts_are_addresses() -> None:
    good = ["127.0.0.1:80", "localhost", "localhost:8080", "[::1]:80", "192.168.1.4:8000"]
    bad = [
        "",
        "kiosk.example",
        "kiosk.example:80",
        "127.0.0.1.example",
        "[::1",
        "localhost.example",
    ]

    assert [host for host in good if not is_safe_host(host)] == []
    assert [host for host in bad if is_safe_host(host)] == []
