"""A stolen kiosk is kept out by the broker, and its open connection is ended."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509

from firmware.signals import LinkDown, LinkUp
from provisioning.fleet import main
from regency.push_off import push_off
from tests.firmware.test_link import KIOSK, OTHER, PATIENCE_SECONDS, Broker, Line


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    broker = Broker(tmp_path)
    broker.start()
    yield broker
    broker.close()


def _server_files(broker: Broker) -> tuple[Path, Path, Path]:
    keys = broker.regency.server / "keys"
    return keys / "ca.pem", keys / "server.pem", keys / "server.key"


def _reload(broker: Broker) -> None:
    assert broker._child is not None
    os.kill(broker._child.pid, signal.SIGHUP)


def test_a_stolen_kiosk_is_pushed_off_and_stays_out(broker: Broker) -> None:
    stolen, neighbour = Line(broker), Line(broker, OTHER, OTHER)
    stolen.hears(LinkUp)
    neighbour.hears(LinkUp)
    assert broker.regency.revoke(KIOSK) == 1
    _reload(broker)
    assert push_off(KIOSK, ("127.0.0.1", broker.inner), _server_files(broker))
    kept_out = Line(broker)
    for line, refusals in ((stolen, 2), (kept_out, 1)):  # off, and refused when it comes again
        for _ in range(refusals):
            assert isinstance(line.signals.get(timeout=PATIENCE_SECONDS), LinkDown)
    another = Line(broker, OTHER, OTHER)  # the list keeps nobody else out
    another.hears(LinkUp)
    for line in (stolen, neighbour, kept_out, another):
        line.link.close()


def test_every_certificate_of_a_kiosk_is_revoked_and_a_new_one_is_good(tmp_path: Path) -> None:
    folder = tmp_path / "regency"
    assert main(["init", str(folder)]) == 0
    add = ["add", str(folder), KIOSK, "--place", "Desa Contoh"]
    assert main(add) == 0 and main([*add, "--again"]) == 0
    assert main(["revoke", str(folder), KIOSK]) == 0
    assert main(["revoke", str(folder), KIOSK]) == 0  # twice is once
    assert main([*add, "--again"]) == 0
    listed = x509.load_pem_x509_crl((folder / "broker" / "crl.pem").read_bytes())
    assert len(listed) == 2
    pem = (folder / "kiosks" / KIOSK / "keys" / "kiosk.pem").read_bytes()
    new = x509.load_pem_x509_certificate(pem)
    assert listed.get_revoked_certificate_by_serial_number(new.serial_number) is None
    assert main(["revoke", str(folder), OTHER]) == 2


def test_a_broker_that_is_not_there_pushes_nobody_off(broker: Broker) -> None:
    broker.stop()
    assert not push_off(KIOSK, ("127.0.0.1", broker.inner), _server_files(broker))
    broker.start()
