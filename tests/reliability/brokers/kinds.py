"""The brokers that are tried, and in what they differ: docs/brokers.md tells the same."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass

import pytest

from firmware.core.mqtt_version import Protocol, Version
from tests.reliability.brokers.houses import RABBITMQ, House, Mosquitto, Nats, RabbitMq


@dataclass(frozen=True)
class Kind:
    """``protocol`` is what is configured, ``version`` what comes of it. ``shares``: it knows
    shared subscriptions. ``keeps_births``: who subscribes with wildcards is given retained
    messages.
    """

    make: type[House]
    program: str
    protocol: Protocol
    version: Version
    shares: bool = False
    keeps_births: bool = True


def _rabbitmq_speaks() -> Version:
    """MQTT 5 from 3.13 on: Debian 12 has 3.10."""
    names = [path.name for path in (RABBITMQ.parent.parent / "lib").glob("rabbitmq_server-*")]
    old = any(
        name.startswith("rabbitmq_server-3.1") and name < "rabbitmq_server-3.13" for name in names
    )
    return Version.OLD if old else Version.NEW


KINDS = {
    "mosquitto": Kind(Mosquitto, "mosquitto", "auto", Version.NEW, shares=True),
    "mosquitto-3.1.1": Kind(Mosquitto, "mosquitto", "3.1.1", Version.OLD),
    "nats": Kind(Nats, "nats-server", "auto", Version.OLD),
    "rabbitmq": Kind(RabbitMq, str(RABBITMQ), "auto", _rabbitmq_speaks(), keeps_births=False),
}


def _params(long: set[str]) -> list[object]:
    marks = {name: [pytest.mark.long] if name in long else [] for name in KINDS}
    return [pytest.param(name, marks=marks[name]) for name in KINDS]


ALL = _params(long={"rabbitmq"})
"""RabbitMQ is installed for the long run only (provisioning/test.sh --long)."""
STORIES = _params(long={"rabbitmq", "mosquitto", "mosquitto-3.1.1"})
"""Those of Mosquitto are told in every run by the storms of tests.reliability.chaos."""


def kind_of(name: str) -> Kind:
    """The kind; fails where it should have been installed."""
    kind = KINDS[name]
    path = f"{os.environ.get('PATH', '')}:/usr/sbin"
    assert shutil.which(kind.program, path=path), f"{kind.program} is not installed; see test.sh"
    return kind
