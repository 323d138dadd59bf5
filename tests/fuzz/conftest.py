"""``--long`` makes every target's run longer, and tells how much was really tried."""

from __future__ import annotations

import pytest

from tests.fuzz import effort


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--long"):
        effort.be_thorough()


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if config.getoption("--long"):
        for name, count in sorted(effort.TRIED.items()):
            terminalreporter.write_line(f"{name}: {count} inputs")
