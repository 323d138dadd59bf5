"""The village head's electronic signature: PAdES B-B (ETSI EN 319 142-1) by pyHanko.

``Signer.sign`` and ``check_signature`` block for some tens of milliseconds and run an event
loop of their own: call them from a plain thread, never from inside a coroutine.
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from asn1crypto.pkcs12 import Pfx  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.keys.pemder import (
    load_certs_from_pemder_data,
    load_private_key_from_pemder_data,
)
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.general import SigningError, UnacceptableSignerError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

_FIELD = "TandaTangan"


class SigningTrouble(StrEnum):
    """Why somebody cannot sign now. ``sentence`` is what the desk shows."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    WRONG_PASSPHRASE = "wrongPassphrase"  # noqa: S105 (the name of a trouble)
    DAMAGED = "damaged"
    NO_KEY = "noKey"
    NOT_FOR_SIGNING = "notForSigning"
    NOT_YET_VALID = "notYetValid"
    EXPIRED = "expired"

    @property
    def sentence(self) -> str:
        """Indonesian: what is wrong and who or what helps."""
        return _SENTENCES[self]


_SENTENCES = {
    SigningTrouble.MISSING: "Berkas tanda tangan desa ini belum ada. Hubungi petugas kabupaten.",
    SigningTrouble.UNREADABLE: "Berkas tanda tangan tidak dapat dibuka. Hubungi petugas kabupaten.",
    SigningTrouble.WRONG_PASSPHRASE: "Kata sandi tanda tangan salah. Coba ketik sekali lagi.",
    SigningTrouble.DAMAGED: "Berkas tanda tangan rusak. Hubungi petugas kabupaten.",
    SigningTrouble.NO_KEY: "Berkas tanda tangan tidak lengkap. Hubungi petugas kabupaten.",
    SigningTrouble.NOT_FOR_SIGNING: (
        "Sertifikat ini bukan untuk menandatangani surat. Hubungi petugas kabupaten."
    ),
    SigningTrouble.NOT_YET_VALID: "Sertifikat tanda tangan belum berlaku. Periksa jam komputer.",
    SigningTrouble.EXPIRED: "Sertifikat tanda tangan habis masa berlakunya. Minta yang baru.",
}


@dataclass(frozen=True, slots=True)
class SignatureCheck:
    """What a signature is worth. ``signer`` is the certificate's common name, empty when there
    is none to read; ``reason`` is a sentence in Indonesian, for good and bad alike.
    """

    valid: bool
    signer: str
    reason: str


class Signer:
    """An opened key. It lives in memory only; let it go when the signing is done."""

    def __init__(self, backend: signers.SimpleSigner, name: str) -> None:
        self._backend = backend
        self.name = name

    def __repr__(self) -> str:
        return "Signer(<hidden>)"

    def sign(self, pdf: bytes, place: str, reason: str) -> bytes:
        """``pdf`` with a signature that allows no later change (DocMDP P=1).

        The signature has no picture of its own: the letter's block with the QR code is
        typeset. Raises ValueError when ``pdf`` is no PDF or is signed already.
        """
        metadata = signers.PdfSignatureMetadata(
            field_name=_FIELD,
            md_algorithm="sha256",
            subfilter=fields.SigSeedSubFilter.PADES,
            location=place,
            reason=reason,
            name=self.name,
            certify=True,
            docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        )
        try:
            writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
            signed = signers.PdfSigner(metadata, self._backend).sign_pdf(writer)
        except (PdfError, SigningError, UnacceptableSignerError) as error:
            raise ValueError(f"this PDF cannot be signed: {error}") from error
        signed.seek(0)
        return bytes(signed.read())


# ---------------------------------------------------------------- opening a key


def load_signer(p12: Path, passphrase: str) -> Signer | SigningTrouble:
    """Open a PKCS #12 file (RFC 7292) with its passphrase."""
    try:
        raw = p12.read_bytes()
    except FileNotFoundError:
        return SigningTrouble.MISSING
    except OSError:
        return SigningTrouble.UNREADABLE
    if not _is_pkcs12(raw):
        return SigningTrouble.DAMAGED
    try:
        store = pkcs12.load_pkcs12(raw, passphrase.encode())
    except ValueError:  # the format cannot tell a wrong passphrase from altered contents
        return SigningTrouble.WRONG_PASSPHRASE
    if store.cert is None or not isinstance(store.key, RSAPrivateKey | EllipticCurvePrivateKey):
        return SigningTrouble.NO_KEY
    certificate = store.cert.certificate
    trouble = _unfit(certificate)
    if trouble is not None:
        return trouble
    chain = [certificate, *(other.certificate for other in store.additional_certs)]
    return Signer(_backend(store.key, chain), _common_name(certificate))


def _is_pkcs12(raw: bytes) -> bool:
    try:
        return bool(Pfx.load(raw, strict=True)["version"].native == "v3")
    except (ValueError, TypeError, KeyError):
        return False


def _unfit(certificate: x509.Certificate) -> SigningTrouble | None:
    now = datetime.now(UTC)
    if now < certificate.not_valid_before_utc:
        return SigningTrouble.NOT_YET_VALID
    if now > certificate.not_valid_after_utc:
        return SigningTrouble.EXPIRED
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return SigningTrouble.NOT_FOR_SIGNING
    return None if usage.content_commitment else SigningTrouble.NOT_FOR_SIGNING


def _backend(
    key: RSAPrivateKey | EllipticCurvePrivateKey, chain: list[x509.Certificate]
) -> signers.SimpleSigner:
    """pyHanko's signer: its own certificate first in ``chain``, then those above."""
    secret = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    pem = b"".join(link.public_bytes(serialization.Encoding.PEM) for link in chain)
    own, *above = load_certs_from_pemder_data(pem)
    return signers.SimpleSigner(
        signing_cert=own,
        signing_key=load_private_key_from_pemder_data(secret, passphrase=None),
        cert_registry=SimpleCertificateStore.from_certs(above),  # type: ignore[no-untyped-call]
    )


def _common_name(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else ""


# ---------------------------------------------------------------- checking


def check_signature(pdf: bytes, ca_pem: bytes) -> SignatureCheck:
    """Whether ``pdf`` is wholly covered by one intact signature of a signer whom the CA in
    ``ca_pem`` certified for signing, as of now. Never raises for what is in ``pdf``.

    Raises ValueError when ``ca_pem`` holds no certificate.
    """
    roots = list(load_certs_from_pemder_data(ca_pem))
    try:
        signatures = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
        if len(signatures) != 1:
            return _count_trouble(len(signatures))
        context = ValidationContext(trust_roots=roots, allow_fetching=False)
        status = validate_pdf_signature(signatures[0], context)
        return _judge(signatures[0], status)
    except SignatureValidationError:
        return SignatureCheck(False, "", "Tanda tangan elektronik di berkas ini tidak sah.")
    except _UNREADABLE:
        return SignatureCheck(False, "", "Berkas ini rusak atau bukan PDF.")


_UNREADABLE = (
    PdfError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
)
"""What pyHanko and asn1crypto raise over bytes that only look like a PDF or a signature."""


def _count_trouble(count: int) -> SignatureCheck:
    if count == 0:
        return SignatureCheck(False, "", "Berkas ini tidak bertanda tangan elektronik.")
    return SignatureCheck(False, "", "Berkas ini bertanda tangan lebih dari satu.")


def _judge(signature: EmbeddedPdfSignature, status: PdfSignatureStatus) -> SignatureCheck:
    signer = str(status.signing_cert.subject.native.get("common_name", ""))
    if not (status.intact and status.valid):
        return SignatureCheck(False, signer, "Isi surat sudah berubah sesudah ditandatangani.")
    if status.coverage != SignatureCoverageLevel.ENTIRE_FILE:
        return SignatureCheck(False, signer, "Ada yang ditambahkan sesudah surat ditandatangani.")
    if not status.trusted:
        return SignatureCheck(False, signer, "Penandatangan tidak dikenal oleh kabupaten.")
    if not status.bottom_line:
        return SignatureCheck(False, signer, "Tanda tangan elektronik di berkas ini tidak sah.")
    return SignatureCheck(True, signer, "Tanda tangan elektronik sah dan isi surat utuh.")
