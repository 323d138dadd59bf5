"""What the demo must prove: read from paper, databases and signatures, never set."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import zxingcpp
from PIL import Image

from firmware.core.claim import read_claim_code


def codes_on(picture: Path) -> list[str]:
    """What a phone reads in the QR codes of a picture."""
    with Image.open(picture) as image:
        return [code.text for code in zxingcpp.read_barcodes(image.convert("L"))]


def claim_code_of(texts: list[str]) -> str:
    """The claim code in a ticket's QR code; ValueError when there is none."""
    for text in texts:
        code = read_claim_code(text.rpartition("/")[2])
        if code is not None:
            return code
    raise ValueError(f"no claim code in the ticket's QR codes {texts}")


def text_of(pdf: Path) -> str:
    """The text of a PDF in one line, without the marks of possible line breaks."""
    run = ["pdftotext", "-layout", str(pdf), "-"]
    said = subprocess.run(run, capture_output=True, check=True, text=True).stdout  # noqa: S603
    return " ".join(said.replace("\u200b", "").split())


def draw_pdf(pdf: Path, png: Path) -> None:
    """The first page as a picture, drawn by another program than ours."""
    run = ["pdftoppm", "-r", "110", "-png", "-singlefile", str(pdf), str(png.with_suffix(""))]
    subprocess.run(run, check=True)  # noqa: S603


def paper_size_mm(pdf: Path) -> tuple[int, int]:
    """Width and height of the first page."""
    said = subprocess.run(  # noqa: S603
        ["pdfinfo", str(pdf)],  # noqa: S607
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    found = re.search(r"Page size:\s+([\d.]+) x ([\d.]+) pts", said)
    assert found is not None
    width, height = (round(float(points) / 72 * 25.4) for points in found.groups())
    return width, height


def rows(database: Path, query: str, *values: str) -> list[tuple[Any, ...]]:
    """Rows of a SQLite database that another process writes."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)) as connection:
        return connection.execute(query, values).fetchall()


def write_result(path: Path, result: dict[str, Any]) -> None:
    """The result as JSON."""
    path.write_text(json.dumps(result, indent=2) + "\n")
