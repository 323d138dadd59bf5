"""Pages that are made from code say what the code says."""

from __future__ import annotations

import msgspec
import pytest

from firmware.config import KioskSection, LinkSection, UiSection, UpkeepSection, VisitSection
from firmware.docs import DOCS, pages


@pytest.mark.parametrize("file", pages(), ids=lambda file: file.name)
def test_a_made_page_is_fresh(file) -> None:  # type: ignore[no-untyped-def]
    assert file.read_text() == pages()[file], "stale: run python -m firmware.docs"


def test_every_key_of_kiosk_toml_is_told() -> None:
    page = (DOCS / "configuration.md").read_text()
    for section in (KioskSection, LinkSection, UiSection, UpkeepSection, VisitSection):
        for field in msgspec.structs.fields(section):
            assert f"`{field.name}`" in page, f"docs/configuration.md lacks {field.name}"
