"""The two authorities: who vouches for whom, and who may read the keys."""

from __future__ import annotations

import socket
import ssl
import threading
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from provisioning.ca import LOOPBACK, Authorities, main
from regency.signing import Signer, SigningTrouble, load_signer

KIOSK = "3510192001-1"


@pytest.fixture
def both(tmp_path: Path) -> Authorities:
    return Authorities.create(tmp_path / "ca")


def test_every_private_file_is_its_owners_alone(both: Authorities, tmp_path: Path) -> None:
    both.devices.issue_client(KIOSK).write(tmp_path / "kiosk.pem", tmp_path / "kiosk.key")
    both.signers.write_p12(both.signers.issue_signer("Kades"), tmp_path / "s.p12", "rahasia kades")
    secret = [path for path in tmp_path.rglob("*") if path.suffix in {".key", ".p12"}]
    assert len(secret) == 4
    assert {path.stat().st_mode & 0o777 for path in secret} == {0o600}


def test_an_authority_is_never_replaced(both: Authorities, tmp_path: Path) -> None:
    assert both
    with pytest.raises(FileExistsError):
        Authorities.create(tmp_path / "ca")


def test_it_is_read_back_as_it_was(both: Authorities, tmp_path: Path) -> None:
    again = Authorities.load(tmp_path / "ca")
    assert (again.devices.pem, again.signers.pem) == (both.devices.pem, both.signers.pem)


def test_a_kiosk_and_the_broker_trust_each_other(both: Authorities, tmp_path: Path) -> None:
    both.devices.issue_server(LOOPBACK).write(tmp_path / "broker.pem", tmp_path / "broker.key")
    both.devices.issue_client(KIOSK).write(tmp_path / "kiosk.pem", tmp_path / "kiosk.key")
    assert _greet(tmp_path, both.devices.pem, tmp_path / "kiosk.pem", tmp_path / "kiosk.key") == (
        KIOSK
    )


def test_another_authoritys_kiosk_is_turned_away(both: Authorities, tmp_path: Path) -> None:
    both.devices.issue_server(LOOPBACK).write(tmp_path / "broker.pem", tmp_path / "broker.key")
    stranger = Authorities.create(tmp_path / "other").devices.issue_client(KIOSK)
    stranger.write(tmp_path / "kiosk.pem", tmp_path / "kiosk.key")
    with pytest.raises(ssl.SSLError):
        _greet(tmp_path, both.devices.pem, tmp_path / "kiosk.pem", tmp_path / "kiosk.key")


def _greet(folder: Path, ca: bytes, certificate: Path, key: Path) -> str:
    """Shake hands as strictly as OpenSSL can; the common name that the broker's end sees."""
    seen: list[object] = []
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(20)
    broker = threading.Thread(target=_accept, args=(listener, folder, ca, seen))
    broker.start()
    try:
        client = ssl.create_default_context(cadata=ca.decode())
        client.verify_flags |= ssl.VERIFY_X509_STRICT
        client.load_cert_chain(certificate, key)
        with (
            socket.create_connection(listener.getsockname(), timeout=20) as plain,
            client.wrap_socket(plain, server_hostname="127.0.0.1") as wire,
        ):
            wire.recv(1)
    finally:
        broker.join()
        listener.close()
    if isinstance(seen[0], ssl.SSLError):
        raise seen[0]
    return str(seen[0])


def _accept(listener: socket.socket, folder: Path, ca: bytes, seen: list[object]) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cadata=ca.decode())
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    context.load_cert_chain(folder / "broker.pem", folder / "broker.key")
    try:
        with context.wrap_socket(listener.accept()[0], server_side=True) as wire:
            der = wire.getpeercert(binary_form=True)
            assert der is not None
            subject = x509.load_der_x509_certificate(der).subject
            seen.append(subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)
            wire.send(b"!")
    except ssl.SSLError as error:
        seen.append(error)


def test_a_heads_file_opens_with_the_passphrase_only(both: Authorities, tmp_path: Path) -> None:
    path = tmp_path / "3510192001.p12"
    both.signers.write_p12(both.signers.issue_signer("Suparman"), path, "rahasia kades")
    assert load_signer(path, "bukan itu") is SigningTrouble.WRONG_PASSPHRASE
    signer = load_signer(path, "rahasia kades")
    assert isinstance(signer, Signer) and signer.name == "Suparman"


def test_the_command_makes_a_kiosks_certificate(tmp_path: Path) -> None:
    ca, out = str(tmp_path / "ca"), str(tmp_path / "kiosk")
    assert main(["init", ca]) == 0
    assert main(["kiosk", ca, "--out", out, "--id", KIOSK]) == 0
    assert (tmp_path / "kiosk" / "kiosk.pem").read_bytes().startswith(b"-----BEGIN CERT")


def test_it_refuses_what_is_no_kiosk_id(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ca = str(tmp_path / "ca")
    assert main(["init", ca]) == 0
    assert main(["kiosk", ca, "--out", str(tmp_path), "--id", "regency"]) == 2
    assert "no kiosk id" in capsys.readouterr().err
