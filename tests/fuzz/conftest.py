"""``--long`` makes every target's run longer; tests/conftest.py tells how much was tried."""

from __future__ import annotations

import pytest

from tests.fuzz import effort


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--long"):
        effort.be_thorough()
