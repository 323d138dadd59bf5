"""The desk, the look-up and the verification, as a browser meets them."""

from __future__ import annotations

import io
import re

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from firmware.core.claim import make_claim_code, show_claim_code
from firmware.core.request import RequestState
from regency.model import initials
from regency.web import words
from regency.web.limits import Limiter
from regency.web.sessions import IDLE_SECONDS, LONGEST_SECONDS, Sessions
from tests.regency.letter_parts import SITI, text_of
from tests.regency.web_office import PASSPHRASE, PASSWORD, Office

EVIL = "SITI <script>alert('1')</script> \"AMINAH\""


@pytest.fixture
def office(tmp_path):
    with Office(tmp_path) as made:
        yield made


def browser(office, https=False):
    base = "https://testserver" if https else "http://testserver"
    return TestClient(office.app, base_url=base, follow_redirects=False)


def token_in(page):
    found = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert found is not None
    return found[1]


def sign_in(client, username, password=PASSWORD):
    csrf = token_in(client.get("/masuk"))
    form = {"username": username, "password": password, "csrf": csrf}
    return client.post("/masuk", data=form)


def officer(office, username="petugas"):
    client = browser(office)
    assert sign_in(client, username).status_code == 303
    return client


def press(client, request_id, action, **fields):
    page = client.get(f"/meja/permohonan/{request_id}")
    where = f"/meja/permohonan/{request_id}/{action}"
    return client.post(where, data={"csrf": token_in(page), **fields})


# ---------------------------------------------------------------- signing in


def test_the_desk_asks_who_it_is(office):
    client = browser(office)
    answer = client.get("/meja")
    assert (answer.status_code, answer.headers["location"]) == (303, "/masuk")
    assert sign_in(client, "petugas").headers["location"] == "/meja"
    page = client.get("/meja")
    assert page.status_code == 200
    assert "Dewi Lestari" in page.text


@pytest.mark.parametrize(
    ("username", "password"), [("petugas", "salah"), ("bukan-siapa-siapa", PASSWORD), ("", "")]
)
def test_wrong_and_unknown_are_told_the_same(office, username, password):
    client = browser(office)
    answer = sign_in(client, username, password)
    assert answer.status_code == 401
    assert "Nama pengguna atau kata sandi salah." in answer.text
    assert client.get("/meja").status_code == 303


def test_the_sixth_guess_waits_even_with_the_right_password(office):
    client = browser(office)
    for _ in range(5):
        assert sign_in(client, "petugas", "salah").status_code == 401
    answer = sign_in(client, "petugas")
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert sign_in(client, "kades").status_code == 303


def test_signing_out_ends_a_session_that_somebody_copied(office):
    client = officer(office)
    thief = browser(office)
    thief.cookies.update(client.cookies)
    assert thief.get("/meja").status_code == 200
    client.post("/keluar", data={"csrf": token_in(client.get("/meja"))})
    assert thief.get("/meja").status_code == 303


def test_a_session_planted_before_signing_in_is_not_the_one_after(office):
    client = browser(office)
    client.get("/masuk")
    planted = client.cookies["anjungan"]
    sign_in(client, "petugas")
    assert client.cookies["anjungan"] != planted
    attacker = browser(office)
    attacker.cookies.set("anjungan", planted)
    assert attacker.get("/meja").status_code == 303


def test_the_cookie_stays_with_the_browser(office):
    set_cookie = sign_in(browser(office), "petugas").headers["set-cookie"].lower()
    assert "httponly" in set_cookie
    assert "samesite=lax" in set_cookie
    assert "secure" not in set_cookie


def test_over_https_the_cookie_is_secure(tmp_path):
    with Office(tmp_path, public_url="https://desa.example") as office:
        answer = sign_in(browser(office, https=True), "petugas")
        assert "secure" in answer.headers["set-cookie"].lower()
        assert "max-age" in answer.headers["strict-transport-security"]


def test_sessions_end_when_idle_and_after_a_working_day():
    now = [0.0]
    sessions = Sessions(lambda: now[0])
    idle, busy = sessions.open("petugas"), sessions.open("petugas")
    now[0] = IDLE_SECONDS - 1
    assert sessions.username(busy) == "petugas"
    now[0] = IDLE_SECONDS
    assert sessions.username(idle) is None
    assert sessions.username(busy) == "petugas"
    while now[0] + IDLE_SECONDS - 1 < LONGEST_SECONDS:
        now[0] += IDLE_SECONDS - 1
        assert sessions.username(busy) == "petugas"
    now[0] = LONGEST_SECONDS
    assert sessions.username(busy) is None


# ---------------------------------------------------------------- every form, every route


def test_every_page_of_the_desk_asks_who_it_is(office):
    request_id = office.ask()
    client = browser(office)
    routes = [path for path in office.paths() if path.startswith("/meja")]
    assert len(routes) == 9
    for path in routes:
        where = path.replace("{id}", request_id)
        method = "POST" if path.endswith(office.ACTIONS) else "GET"
        answer = client.request(method, where)
        assert (answer.status_code, answer.headers["location"]) == (303, "/masuk"), path


@pytest.mark.parametrize("csrf", [None, "", "x" * 32, "é"])
def test_a_form_without_its_token_does_nothing(office, csrf):
    request_id = office.ask()
    client = officer(office)
    client.get("/meja")
    form = {} if csrf is None else {"csrf": csrf}
    for action in office.ACTIONS:
        answer = client.post(f"/meja/permohonan/{request_id}/{action}", data=form)
        assert answer.status_code == 403
    assert client.post("/keluar", data=form).status_code == 403
    assert browser(office).post("/masuk", data=form).status_code == 403
    assert office.state(request_id) is RequestState.RECEIVED


def test_another_village_has_no_such_request(office):
    request_id = office.ask()
    neighbour = officer(office, "tetangga")
    csrf = token_in(neighbour.get("/meja"))
    where = f"/meja/permohonan/{request_id}"
    for path in ("", "/pratinjau.png", "/surat.pdf"):
        assert neighbour.get(where + path).status_code == 404
    for action in office.ACTIONS:
        assert neighbour.post(f"{where}/{action}", data={"csrf": csrf}).status_code == 404
    assert SITI.nama not in neighbour.get("/meja?keadaan=semua").text
    assert office.state(request_id) is RequestState.RECEIVED


# ---------------------------------------------------------------- the way of a request


def test_an_officer_approves_and_the_head_signs(office):
    request_id = office.ask()
    desk = officer(office)
    assert f"/meja/permohonan/{request_id}" in desk.get("/meja").text
    assert press(desk, request_id, "periksa").status_code == 303
    assert press(desk, request_id, "setujui").status_code == 303
    assert f"/meja/permohonan/{request_id}" not in desk.get("/meja").text

    head = officer(office, "kades")
    assert f"/meja/permohonan/{request_id}" in head.get("/meja").text
    done = press(head, request_id, "tanda-tangani", passphrase=PASSPHRASE)
    assert done.status_code == 303
    page = head.get(done.headers["location"])
    assert "Surat sudah ditandatangani" in page.text
    assert f"/meja/permohonan/{request_id}/surat.pdf" in page.text
    assert office.state(request_id) is RequestState.READY
    assert SITI.nama in text_of(head.get(f"/meja/permohonan/{request_id}/surat.pdf").content)


def test_signing_twice_shows_the_sentence(office):
    request_id = office.signed()
    head = officer(office, "kades")
    csrf = token_in(head.get("/meja"))
    where = f"/meja/permohonan/{request_id}/tanda-tangani"
    answer = head.post(where, data={"csrf": csrf, "passphrase": PASSPHRASE})
    assert answer.status_code == 409
    assert 'id="ditolak-karena"' in answer.text
    assert "Siap diambil" in answer.text


def test_a_wrong_passphrase_signs_nothing_and_is_not_shown(office):
    request_id = office.approved()
    head = officer(office, "kades")
    answer = press(head, request_id, "tanda-tangani", passphrase="keliru-sekali")
    assert answer.status_code == 409
    assert "Kata sandi tanda tangan salah" in answer.text
    assert "keliru-sekali" not in answer.text
    assert office.state(request_id) is RequestState.AWAITING_SIGNATURE


def test_an_officer_cannot_sign(office):
    request_id = office.approved()
    desk = officer(office)
    page = desk.get(f"/meja/permohonan/{request_id}")
    assert 'id="tanda-tangani"' not in page.text
    csrf = token_in(page)
    where = f"/meja/permohonan/{request_id}/tanda-tangani"
    answer = desk.post(where, data={"csrf": csrf, "passphrase": PASSPHRASE})
    assert answer.status_code == 409
    assert office.state(request_id) is RequestState.AWAITING_SIGNATURE


def test_a_request_goes_back_or_is_rejected_with_a_reason(office):
    first, second = office.ask(), office.ask()
    desk = officer(office)
    for request_id in (first, second):
        press(desk, request_id, "periksa")
    assert press(desk, first, "kembalikan", note="Bawa <b>KK</b>").status_code == 303
    assert press(desk, second, "tolak", reason="Bukan warga").status_code == 303
    assert office.state(first) is RequestState.INCOMPLETE
    assert office.state(second) is RequestState.REJECTED
    assert "Bawa &lt;b&gt;KK&lt;/b&gt;" in desk.get(f"/meja/permohonan/{first}").text


def test_the_preview_is_a_picture(office):
    request_id = office.ask()
    answer = officer(office).get(f"/meja/permohonan/{request_id}/pratinjau.png")
    assert answer.headers["content-type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")


def has_red(png):
    """Whether the red stamp is on it; letters are black on white."""
    colours = Image.open(io.BytesIO(png)).convert("RGB").getcolors(1 << 24)
    return any(red - green > 20 for _, (red, green, _) in colours)


def test_what_nobody_signed_says_so_in_its_picture(office):
    waiting, ready = office.approved(), office.signed()
    desk = officer(office)
    assert has_red(desk.get(f"/meja/permohonan/{waiting}/pratinjau.png").content)
    assert not has_red(desk.get(f"/meja/permohonan/{ready}/pratinjau.png").content)


# ---------------------------------------------------------------- hostile text


def test_a_name_that_looks_like_markup_is_shown_as_it_is(office):
    office.rename(EVIL)
    request_id = office.ask(nama_usaha="<img src=x onerror=alert(1)>")
    desk = officer(office)
    for path in ("/meja", f"/meja/permohonan/{request_id}"):
        page = desk.get(path).text
        assert "<script" not in page
        assert "<img src=x" not in page
        assert "SITI &lt;script&gt;" in page


def test_what_was_typed_at_the_door_is_escaped(office):
    client = browser(office)
    assert '"><b>' not in sign_in(client, '"><b>x', "salah").text
    assert '"><b>' not in client.get("/lacak", params={"kode": '"><b>x'}).text


def test_an_error_repeats_nothing(office):
    answer = officer(office).get("/meja", params={"halaman": "rahasia-saya"})
    assert answer.status_code == 400
    assert "rahasia-saya" not in answer.text


def test_too_large_a_form_is_not_read(office):
    answer = browser(office).post("/masuk", data={"username": "x" * 70_000})
    assert answer.status_code == 413


# ---------------------------------------------------------------- for everybody


def leaks(text):
    return [part for part in (SITI.nama, SITI.nik, SITI.alamat, "Tempong") if part in text]


def test_a_claim_code_tells_the_state_and_nothing_of_the_person(office):
    waiting, ready = office.ask(), office.signed()
    client = browser(office)
    page = client.get(f"/lacak/{office.claim(waiting)}")
    assert page.status_code == 200
    assert "Sudah diterima, menunggu diperiksa petugas" in page.text
    assert "Surat Keterangan Usaha" in page.text
    assert "surat.pdf" not in page.text
    assert not leaks(page.text)

    page = client.get(f"/lacak/{office.claim(ready)}")
    assert "Siap diambil" in page.text
    assert not leaks(page.text)
    letter = client.get(f"/lacak/{office.claim(ready)}/surat.pdf")
    assert SITI.nama in text_of(letter.content)
    assert client.get(f"/lacak/{office.claim(waiting)}/surat.pdf").status_code == 404


def test_a_code_is_read_as_people_type_it(office):
    code = office.claim(office.ask())
    client = browser(office)
    answer = client.get("/lacak", params={"kode": show_claim_code(code).lower() + " "})
    assert answer.headers["location"] == f"/lacak/{code}"
    assert client.get("/lacak", params={"kode": "ABC"}).status_code == 400


def test_guessing_codes_must_wait_and_a_good_code_does_not_count(office):
    code = office.claim(office.ask())
    client = browser(office)
    for _ in range(30):
        assert client.get(f"/lacak/{code}").status_code == 200
    answers = {client.get(f"/lacak/{make_claim_code(n)}").status_code for n in range(20)}
    assert answers == {404}
    assert client.get(f"/lacak/{make_claim_code(21)}").status_code == 429
    assert client.get(f"/lacak/{code}").status_code == 429


def test_a_letter_is_verified_by_its_token(office):
    letter = office.store.letter(office.signed())
    client = browser(office)
    page = client.get(f"/v/{letter.token}")
    assert page.status_code == 200
    assert "Surat ini asli dan sah" in page.text
    assert letter.number in page.text.replace("<wbr>", "")
    assert "S. A." in page.text
    assert not leaks(page.text)
    page = client.get(f"/v/{letter.token[:-1]}")
    assert page.status_code == 404
    assert "Surat ini tidak dikenal" in page.text


def test_public_pages_set_no_cookie(office):
    code = office.claim(office.ask())
    client = browser(office)
    for path in ("/", "/lacak", f"/lacak/{code}", "/v/x"):
        assert "set-cookie" not in client.get(path).headers


# ---------------------------------------------------------------- around every answer


def test_every_answer_is_guarded(office):
    code = office.claim(office.signed())
    client = officer(office)
    paths = ("/", "/meja", "/lacak", f"/lacak/{code}", f"/lacak/{code}/surat.pdf", "/v/x")
    for path in (*paths, "/tidak-ada", "/api/health", "/openapi.json"):
        headers = client.get(path).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"], path
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
    policy = client.get("/meja").headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


def test_nothing_stands_inline_that_the_policy_forbids(office):
    client = officer(office)
    for path in ("/", "/masuk", "/meja", f"/meja/permohonan/{office.ask()}", "/lacak"):
        assert not re.search(r"<style|\sstyle=|<script|\son\w+=", client.get(path).text)


def test_health_and_what_is_not_there(office):
    client = browser(office)
    assert client.get("/api/health").json() == {"status": "ok"}
    for path in ("/docs", "/openapi.json", "/static/../app.py", "/static/%2e%2e/app.py"):
        assert client.get(path).status_code == 404


def test_a_file_is_named_plainly(office):
    request_id = office.signed()
    code = office.claim(request_id)
    number = office.store.request(request_id).number.replace("/", "-")
    expected = f'inline; filename="surat-keterangan-usaha-{number}.pdf"'
    letter = browser(office).get(f"/lacak/{code}/surat.pdf")
    assert letter.headers["content-disposition"] == expected
    assert words.file_name('Surat "x"\r\nSet-Cookie: é', "../1") == "surat-x-set-cookie-1.pdf"


# ---------------------------------------------------------------- small things


def test_a_limiter_counts_in_windows():
    now = [0.0]
    limiter = Limiter(2, 60, lambda: now[0])
    assert [limiter.take("a") for _ in range(3)] == [0, 0, 60]
    assert limiter.take("b") == 0
    now[0] = 60
    assert limiter.take("a") == 0


def test_ages_and_initials_read_well():
    assert initials("SITI AMINAH") == "S. A."
    assert initials("  ") == "–"
    assert initials("<b> i'") == "B. I."
    assert words.moment("2026-11-24T07:05:00+00:00") == "24 November 2026, 14.05 WIB"
    assert words.moment("kemarin") == "–"
