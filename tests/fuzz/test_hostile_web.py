"""The regency's pages, forms and API at the hands of a stranger, an officer and a head who send
anything: no page fails, nothing is half written, and who guesses must wait.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firmware.core.claim import make_claim_code, show_claim_code
from regency.model import SIGNED
from tests.fuzz.effort import TRIED, examples
from tests.fuzz.odd import TEXTS
from tests.regency.web_office import PASSPHRASE, PASSWORD, Office

pytestmark = pytest.mark.timeout(900)
METHODS = ("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW")
ROLES = ("nobody", "petugas", "kades", "tetangga")
ODD = st.one_of(
    st.sampled_from([text for text in TEXTS if "\ud800" not in text and len(text) < 6000]),
    st.text(max_size=40),
    st.sampled_from(["-1", "0", "9" * 5000, "1e9", "semua", "ready", "' OR 1=1 --", "<script>"]),
)
HEADERS: tuple[dict[str, str], ...] = (
    {},
    {},
    {"content-length": "9" * 5000},
    {"content-length": "-1"},
    {"content-length": "x"},
    {"content-type": "multipart/form-data"},
    {"content-type": "multipart/form-data; boundary=x"},
    {"content-type": "application/x-www-form-urlencoded; charset=utf-7"},
    {"content-type": "\xff"},
    {"cookie": "anjungan=\xff; anjungan=e30="},
    {"cookie": "anjungan=" + "A" * 4000},
    {"host": ""},
    {"accept-language": "\x80" * 300},
    {"range": "bytes=99999999999999999999-"},
    {"if-modified-since": "never"},
)


class Town:
    """An office with requests in every state, and browsers of everybody."""

    def __init__(self, folder: Path, database: str = "") -> None:
        self.office = Office(folder, database=database)
        self.browsers = {role: self._browser(role) for role in ROLES}
        self.csrf = {role: token_of(browser) for role, browser in self.browsers.items()}
        signed = self.office.signed()
        asked, approved = self.office.ask(), self.office.approved()
        self.ids = [signed, asked, approved]
        self.claims = [self.office.claim(one) for one in self.ids]
        letter = self.office.store.letter(signed)
        assert letter is not None
        self.tokens = [letter.token]
        self.paths = sorted(
            {route.path for route in _routes(self.office)} | {"/static/{path}", "/nowhere/{id}"}
        )

    def _browser(self, role: str) -> TestClient:
        client = TestClient(
            self.office.app,
            follow_redirects=False,
            raise_server_exceptions=False,
            client=(f"10.0.0.{ROLES.index(role)}", 1000),
        )
        if role != "nobody":
            form = {"username": role, "password": PASSWORD, "csrf": token_of(client)}
            assert client.post("/masuk", data=form).status_code == 303
        return client

    def check(self) -> None:
        """Every request stands where its history says, with a letter when it is signed."""
        for request_id in self.ids:
            row, history = self.office.request(request_id), self.office.store.history(request_id)
            if history:
                assert history[-1].new == row.state
            steps = itertools.pairwise(history)
            assert all(before.new == after.old for before, after in steps)
            assert (self.office.store.letter(request_id) is not None) == (row.state in SIGNED)


def _routes(office: Office) -> Iterator[APIRoute]:
    schema = office.app.openapi()["paths"]
    assert schema
    yield from (route for route in office.app.routes if isinstance(route, APIRoute))


def token_of(client: TestClient) -> str:
    """The token of a form that this browser was given."""
    for page in ("/masuk", "/meja"):
        found = re.search(r'name="csrf" value="([^"]+)"', client.get(page).text)
        if found:
            return found[1]
    return ""


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.long)]
)
def town(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    """On PostgreSQL in the long form."""
    database = ""
    if request.param == "postgresql":
        database = request.getfixturevalue("postgres").new_database()
    town = Town(tmp_path_factory.mktemp("town"), database)
    yield town
    town.check()
    town.office.store.close()


def is_well(answer: Any) -> None:
    """Whatever was sent, the answer is a page with our guards, and nobody's traceback."""
    TRIED[f"web, answered with {answer.status_code}"] += 1
    assert answer.status_code < 500, answer.status_code
    assert "Traceback" not in answer.text and 'File "' not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"


@st.composite
def addresses(draw: st.DrawFn, town: Town) -> str:
    """One of the paths, its blanks filled with what is there or with anything."""
    known = {"id": town.ids, "claim": town.claims, "token": town.tokens}

    def fill(blank: re.Match[str]) -> str:
        name = blank[1].partition(":")[0]
        good = known.get(name, [])
        return draw(st.one_of(*([st.sampled_from(good)] * 3 if good else []), ODD))

    path = re.sub(r"\{([^}]+)\}", fill, draw(st.sampled_from(town.paths)))
    return re.sub(r"[\x00-\x20\x7f?#\\\[\]]", "%00", path)[:3000]


@examples(50)
@given(data=st.data())
def test_any_page_and_form_with_anything(town: Town, data: st.DataObject) -> None:
    TRIED["web, pages and forms"] += 1
    role = data.draw(st.sampled_from(ROLES))
    method = data.draw(st.sampled_from(["GET", "POST", "POST", *METHODS]))
    names = st.sampled_from(["csrf", "note", "reason", "passphrase", "username", "password", "x"])
    form = data.draw(st.dictionaries(names, ODD, max_size=4))
    if data.draw(st.booleans()):
        form["csrf"] = town.csrf[role]
    if data.draw(st.integers(0, 3)) == 0:
        form["passphrase"] = PASSPHRASE
    query = data.draw(
        st.dictionaries(st.sampled_from(["kode", "halaman", "keadaan", "selesai"]), ODD, max_size=2)
    )
    headers = data.draw(st.sampled_from(HEADERS))
    body: dict[str, Any] = {"data": form} if method != "GET" else {}
    if data.draw(st.integers(0, 5)) == 0:
        body = {"content": data.draw(st.binary(max_size=300))}
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    browser = town.browsers[role]
    is_well(browser.request(method, data.draw(addresses(town)), params=query, headers=raw, **body))
    if data.draw(st.integers(0, 9)) == 0:
        town.check()


def test_everything_in_the_openapi_description(town: Town) -> None:
    """schemathesis makes calls that fit each operation, and calls that do not."""
    description = schemathesis.openapi.from_dict(town.office.app.openapi())
    operations = [result.ok() for result in description.get_all_operations()]
    assert len(operations) >= 15
    for operation in operations:

        @settings(examples(3), suppress_health_check=list(HealthCheck), database=None)
        @given(case=operation.as_strategy(), role=st.sampled_from(ROLES))
        def call(case: Any, role: str) -> None:
            TRIED["web, by schemathesis"] += 1
            asked = case.as_transport_kwargs(base_url="http://testserver")
            asked.pop("cookies", None)
            form = asked.get("data")
            if isinstance(form, dict):
                form["csrf"] = town.csrf[role]
            known = {"method", "url", "params", "headers", "data", "json", "files"}
            kept = {key: value for key, value in asked.items() if key in known}
            is_well(town.browsers[role].request(**{**kept, "headers": dict(kept["headers"])}))

        call()
    town.check()


def test_a_body_whose_length_is_a_number_of_thousands_of_digits(town: Town) -> None:
    answer = town.browsers["nobody"].post("/masuk", headers={"content-length": "9" * 5000})
    assert answer.status_code == 413


def test_who_guesses_codes_must_wait_however_they_are_written(tmp_path: Path) -> None:
    """A guess counts, with or without dash, in capitals or not, at any of the pages."""
    ways = (str, str.lower, show_claim_code, lambda code: code.replace("0", "o"))
    with Office(tmp_path) as office:
        client = TestClient(office.app, follow_redirects=False, client=("10.0.1.1", 1))
        seen = [
            client.get(
                f"/lacak/{way(make_claim_code(number))}" + ("/surat.pdf" if number % 2 else "")
            ).status_code
            for number, way in zip(range(40), itertools.cycle(ways), strict=False)
        ]
        assert seen == [404] * 20 + [429] * 20
        assert client.get("/v/" + "x" * 22).status_code == 429, "one count for both"


def test_who_guesses_passwords_must_wait_however_the_name_is_written(tmp_path: Path) -> None:
    ways = ("petugas", " petugas", "PETUGAS", "Petugas ", "petugas\t")
    with Office(tmp_path) as office:
        client = TestClient(office.app, follow_redirects=False, client=("10.0.1.2", 1))
        csrf = token_of(client)
        seen = [
            client.post("/masuk", data={"username": way, "password": "x", "csrf": csrf}).status_code
            for way in itertools.islice(itertools.cycle(ways), 10)
        ]
    assert seen == [401] * 5 + [429] * 5
