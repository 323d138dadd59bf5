"""The regency's own certificate authorities: one for devices (mTLS), one for signers (PAdES).

Keys are EC P-256. For development and for a first pilot; a regency with a certified signature
provider (PSrE) brings its heads' credentials from there and keeps the device CA only.

``python -m provisioning.ca init DIR``, then ``broker``, ``server``, ``kiosk ID``, ``signer``.
"""

from __future__ import annotations

import argparse
import getpass
import ipaddress
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from firmware.core.wire import is_kiosk_id
from provisioning.files import private_folder, write_public, write_secret

SERVER_NAME = "regency"
LOOPBACK = ("127.0.0.1", "localhost")
_CA_DAYS = 3650
_LEAF_DAYS = 825
_BACKDATE = timedelta(hours=1)  # a kiosk's clock may be behind before it has the network's time


@dataclass(frozen=True, repr=False)
class Credentials:
    """A certificate and its private key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def certificate_pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def write(self, certificate: Path, key: Path) -> None:
        """Write both as PEM; the key with mode 600."""
        write_public(certificate, self.certificate_pem)
        write_secret(
            key,
            self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        )


class Authority:
    """A certificate authority that signs end entities only (path length 0)."""

    def __init__(self, own: Credentials) -> None:
        self._own = own

    @classmethod
    def create(cls, name: str) -> Authority:
        """A new authority called ``name``, good for ten years."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = _name(name)
        certificate = (
            _builder(subject, subject, key.public_key(), _CA_DAYS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage("key_cert_sign", "crl_sign"), critical=True)
            .sign(key, hashes.SHA256())
        )
        return cls(Credentials(certificate, key))

    @classmethod
    def load(cls, folder: Path) -> Authority:
        """Read the authority that ``save`` wrote."""
        key = load_pem_private_key((folder / "ca.key").read_bytes(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return cls(
            Credentials(x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes()), key)
        )

    def save(self, folder: Path) -> None:
        """Write ca.pem and ca.key (mode 600)."""
        self._own.write(folder / "ca.pem", folder / "ca.key")

    @property
    def pem(self) -> bytes:
        """The authority's certificate, for those who check others by it."""
        return self._own.certificate_pem

    def issue_client(self, name: str) -> Credentials:
        """For an MQTT client: ``name`` is its user name at the broker."""
        return self._issue(
            name,
            _usage("digital_signature"),
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]),
        )

    def issue_server(self, hosts: tuple[str, ...]) -> Credentials:
        """For a broker that is reached as any of ``hosts`` (names or addresses)."""
        return self._issue(
            hosts[0],
            _usage("digital_signature"),
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]),
            x509.SubjectAlternativeName([_host(host) for host in hosts]),
        )

    def issue_signer(self, name: str) -> Credentials:
        """For a head who signs letters: non-repudiation, nothing else."""
        return self._issue(name, _usage("digital_signature", "content_commitment"))

    def write_p12(self, signer: Credentials, path: Path, passphrase: str) -> None:
        """A signer's key with the chain up to here as PKCS #12 (mode 600)."""
        write_secret(
            path,
            pkcs12.serialize_key_and_certificates(
                path.stem.encode(),
                signer.key,
                signer.certificate,
                [self._own.certificate],
                BestAvailableEncryption(passphrase.encode()),
            ),
        )

    def revocations(self, serials: Sequence[int]) -> bytes:
        """The list (RFC 5280, section 5; PEM) of certificates that count no more. It holds as
        long as the authority: OpenSSL lets nobody in by a list that has run out.
        """
        now, own = datetime.now(UTC), self._own.certificate
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(own.subject)
            .last_update(now - timedelta(minutes=5))
            .next_update(own.not_valid_after_utc)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._own.key.public_key()),
                critical=False,
            )
            .add_extension(x509.CRLNumber(len(serials) + 1), critical=False)
        )
        for serial in serials:
            revoked = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now)
            builder = builder.add_revoked_certificate(revoked.build())
        return builder.sign(self._own.key, hashes.SHA256()).public_bytes(Encoding.PEM)

    def _issue(
        self, name: str, usage: x509.KeyUsage, *extensions: x509.ExtensionType
    ) -> Credentials:
        key = ec.generate_private_key(ec.SECP256R1())
        issuer = self._own.certificate
        builder = (
            _builder(_name(name), issuer.subject, key.public_key(), _LEAF_DAYS)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._own.key.public_key()),
                critical=False,
            )
        )
        for extension in extensions:
            builder = builder.add_extension(extension, critical=False)
        return Credentials(builder.sign(self._own.key, hashes.SHA256()), key)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, days: int
) -> x509.CertificateBuilder:
    start = datetime.now(UTC) - _BACKDATE
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _usage(*allowed: str) -> x509.KeyUsage:
    kinds = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{kind: kind in allowed for kind in kinds})


# ---------------------------------------------------------------- a regency's two authorities


@dataclass(frozen=True)
class Authorities:
    """Both authorities of a regency. A device's certificate signs no letter, and vice versa."""

    devices: Authority
    signers: Authority

    @classmethod
    def create(cls, folder: Path) -> Authorities:
        """Make both under ``folder``; raises FileExistsError rather than replace one."""
        for name in ("devices", "signers"):
            if (folder / name / "ca.key").exists():
                raise FileExistsError(f"{folder / name} holds an authority already")
        made = cls(
            Authority.create("Anjungan perangkat"), Authority.create("Anjungan tanda tangan")
        )
        made.devices.save(private_folder(folder / "devices"))
        made.signers.save(private_folder(folder / "signers"))
        return made

    @classmethod
    def load(cls, folder: Path) -> Authorities:
        """Read what ``create`` made."""
        return cls(Authority.load(folder / "devices"), Authority.load(folder / "signers"))


# ---------------------------------------------------------------- command line


def main(arguments: list[str] | None = None) -> int:
    """Make authorities, and certificates from them."""
    options = _parser().parse_args(arguments)
    try:
        _run(options)
    except (OSError, ValueError) as error:
        print(f"ca: {error}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="the regency's certificate authorities")
    parser.add_argument("what", choices=("init", "broker", "server", "kiosk", "signer"))
    parser.add_argument("folder", type=Path, help="folder of the two authorities")
    parser.add_argument("--out", type=Path, help="folder for what is made")
    parser.add_argument("--id", default="", help="kiosk id, or a signer's village code")
    parser.add_argument("--name", default="", help="a signer's name as on letters")
    parser.add_argument("--host", action="append", default=[], help="a name of the broker")
    return parser


def _run(options: argparse.Namespace) -> None:
    if options.what == "init":
        Authorities.create(options.folder)
        return
    if options.out is None:
        raise ValueError(f"{options.what} needs --out DIR")
    both, out = Authorities.load(options.folder), options.out
    if options.what == "broker":
        hosts = tuple(options.host) or LOOPBACK
        both.devices.issue_server(hosts).write(out / "broker.pem", out / "broker.key")
    elif options.what == "server":
        both.devices.issue_client(SERVER_NAME).write(out / "server.pem", out / "server.key")
    elif options.what == "kiosk":
        if not is_kiosk_id(options.id):
            raise ValueError(f"--id {options.id!r} is no kiosk id, for example 3510192001-1")
        both.devices.issue_client(options.id).write(out / "kiosk.pem", out / "kiosk.key")
    else:
        _make_signer(both.signers, options)


def _make_signer(signers: Authority, options: argparse.Namespace) -> None:
    if not (options.name and options.id.isdigit() and len(options.id) == 10):
        raise ValueError("signer needs --name and --id with the ten digits of the village")
    passphrase = getpass.getpass("Passphrase of the signer: ")
    if len(passphrase) < 8:
        raise ValueError("a signer's passphrase has eight characters or more")
    path = options.out / f"{options.id}.p12"
    signers.write_p12(signers.issue_signer(options.name), path, passphrase)


if __name__ == "__main__":
    raise SystemExit(main())
