"""Configurations of other brokers: every kiosk that counts is a user, and nobody else is."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from provisioning import fleet
from provisioning.brokers import main

GOOD, STOLEN = "3510192001-1", "3510192001-11"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "regency"
    assert fleet.main(["init", str(folder)]) == 0
    for kiosk in (GOOD, STOLEN):
        assert fleet.main(["add", str(folder), kiosk, "--place", "Desa Contoh"]) == 0
    assert fleet.main(["revoke", str(folder), STOLEN]) == 0
    return folder


def test_nats_knows_the_regency_and_the_kiosks_that_count(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["nats", str(folder), "--port", "18883"]) == 0
    config = folder.resolve() / "broker" / "nats.conf"
    assert f"nats-server -c {config}" in capsys.readouterr().out
    text = config.read_text()
    assert re.findall(r'user: "CN=(.*)"', text) == ["regency", GOOD]
    assert "${" not in text and "$MQTT.sub.>" in text and "port: 18883" in text


def test_rabbitmq_knows_them_too_and_gives_each_its_own_queue(folder: Path) -> None:
    assert main(["rabbitmq", str(folder)]) == 0
    place = folder / "broker" / "rabbitmq"
    definitions = json.loads((place / "definitions.json").read_text())
    for part, key in (("users", "name"), ("permissions", "user"), ("topic_permissions", "user")):
        assert [one[key] for one in definitions[part]] == ["regency", GOOD]
    queue = definitions["permissions"][1]["configure"]
    assert re.search(queue, f"mqtt-subscription-{GOOD}qos1")
    assert not re.search(queue, f"mqtt-subscription-{STOLEN}qos1")
    assert re.search(definitions["permissions"][0]["configure"], f"mqtt-subscription-{GOOD}qos1")
    assert "mqtt.listeners.ssl.1 = 127.0.0.1:8883" in (place / "rabbitmq.conf").read_text()


def test_a_folder_without_a_regency_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["nats", str(tmp_path)])
    assert ended.value.code == 2
    assert "holds no regency" in capsys.readouterr().err
