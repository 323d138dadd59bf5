"""A letter's content, a small CA, and eyes for the tests of this folder. All fictional."""

from __future__ import annotations

import io
import subprocess
import zlib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import zxingcpp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    pkcs12,
)
from cryptography.x509.oid import NameOID
from msgspec.structs import replace
from PIL import Image

from firmware.core.request import Profile
from regency.letters import load_catalogue
from regency.model import Village
from regency.typeset import ROLL_DOTS, LetterContent

URL = "https://anjungan.example/periksa/7K2M9QXW4D"

SONGGON = Village(
    code="3510192001",
    kind="Desa",
    name="Songgon",
    district="Songgon",
    regency="Kabupaten Banyuwangi",
    province="Jawa Timur",
    address="Jalan Raya Songgon Nomor 12",
    postcode="68463",
    head_name="Suparman Hadi, S.Sos.",
    head_title="Kepala Desa",
)
GENTENG = replace(
    SONGGON,
    code="3510091005",
    kind="Kelurahan",
    name="Genteng Kulon",
    district="Genteng",
    regency="Banyuwangi",
    head_name="Dra. Sri Wahyuni",
    head_title="Lurah Genteng Kulon",
)
SITI = Profile(
    nik="3510194508780001",
    nama="SITI AMINAH",
    tempat_lahir="Banyuwangi",
    tanggal_lahir="05-08-1978",
    jenis_kelamin="Perempuan",
    agama="Islam",
    status_kawin="Kawin",
    pekerjaan="Pedagang",
    alamat="Dusun Krajan",
    rt="002",
    rw="001",
    desa="Songgon",
    kecamatan="Songgon",
    kabupaten="Banyuwangi",
    kewarganegaraan="WNI",
)
ANSWERS = {
    "nama_usaha": "Warung Nasi Tempong Bu Siti",
    "keperluan": "Membuka rekening bank",
    "berlaku_dari": "24-11-2026",
    "berlaku_sampai": "23-05-2027",
}


def content(letter_id: str = "keterangan-usaha", **changes: object) -> LetterContent:
    """Siti's letter from Songgon, with ``changes`` of LetterContent's fields."""
    letter = load_catalogue().get(letter_id)
    assert letter is not None
    parts = {
        "letter": letter,
        "number": f"{letter.code}/17/3510192001/XI/2026",
        "village": SONGGON,
        "profile": SITI,
        "answers": ANSWERS,
        "signed_on": date(2026, 11, 24),
        "verify_url": URL,
        "request_number": "3510192001-1/000123",
    }
    return LetterContent(**{**parts, **changes})  # type: ignore[arg-type]


# ---------------------------------------------------------------- eyes


def text_of(pdf: bytes) -> str:
    """The text of a PDF as a reader gets it, in one line."""
    run = ["pdftotext", "-layout", "-", "-"]
    text = subprocess.run(run, input=pdf, capture_output=True, check=True).stdout.decode()
    return " ".join(text.replace("\u200b", "").split())


def page_picture(pdf: bytes, dpi: int = 150) -> Image.Image:
    """The first page as another program than ours renders it."""
    run = ["pdftoppm", "-r", str(dpi), "-png", "-singlefile", "-"]
    png = subprocess.run(run, input=pdf, capture_output=True, check=True).stdout
    return Image.open(io.BytesIO(png)).convert("L")


def roll_picture(roll: bytes) -> Image.Image:
    """The roll as the printer puts it on paper: a set bit is black."""
    rows = zlib.decompress(roll)
    height, rest = divmod(len(rows), ROLL_DOTS // 8)
    assert rest == 0
    inverted = bytes(255 - byte for byte in rows)
    return Image.frombytes("1", (ROLL_DOTS, height), inverted).convert("L")


def qr_texts(picture: Image.Image) -> list[str]:
    """What a phone reads in the picture."""
    return [found.text for found in zxingcpp.read_barcodes(picture)]


def ink_box(picture: Image.Image) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what is not white."""
    box = picture.point(lambda shade: 255 if shade < 200 else 0).getbbox()
    assert box is not None
    return box


# ---------------------------------------------------------------- a small CA


class SmallCa:
    """A certificate authority that certifies village heads."""

    def __init__(self, name: str = "CA Uji") -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = self._builder(self._name, self._key, days=(-1, 3650))
        self.certificate = builder.add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        ).sign(self._key, hashes.SHA256())

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def p12(
        self,
        folder: Path,
        passphrase: str = "rahasia kades",
        name: str = "Suparman Hadi, S.Sos.",
        days: tuple[int, int] = (-1, 365),
        for_signing: bool = True,
    ) -> Path:
        """A head's key and certificate, valid from and to so many days from now."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = (
            self._builder(subject, key, days)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(for_signing), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        path = folder / "3510192001.p12"
        path.write_bytes(
            pkcs12.serialize_key_and_certificates(
                name.encode(),
                key,
                certificate,
                [self.certificate],
                BestAvailableEncryption(passphrase.encode()),
            )
        )
        return path

    def _builder(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, days: tuple[int, int]
    ) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + timedelta(days=days[0]))
            .not_valid_after(now + timedelta(days=days[1]))
        )


def _usage(for_signing: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=for_signing,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
