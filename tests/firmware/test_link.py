"""The link on a real Mosquitto with mutual TLS: births, wills, and a broker that comes and goes."""

from __future__ import annotations

import queue
import shutil
import ssl
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from firmware.core import wire
from firmware.core.errors import ConfigurationError
from firmware.link import Link
from firmware.signals import LinkDown, LinkUp, MessageCame, Signal
from provisioning.layout import Devices, Ports, Regency
from provisioning.processes import Child, Children, free_ports, port_answers

KIOSK, OTHER = "3510192001-1", "3510092003-1"
PATIENCE_SECONDS = 20.0
WILL = wire.encode(wire.StateUp(online=False, boot=1))


class Broker:
    """A Mosquitto that can be stopped and started again, and the regency's ear on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._children = Children(folder / "logs")
        port, web, inner = free_ports(3)
        self.port, self.inner = port, inner
        self.regency = Regency(folder / "regency")
        self.regency.create(Ports(port, web, inner=inner))
        self._child: Child | None = None
        self.heard: queue.SimpleQueue[tuple[str, bytes]] = queue.SimpleQueue()
        self.losses: queue.SimpleQueue[None] = queue.SimpleQueue()
        self.ear: mqtt.Client | None = None

    def start(self) -> None:
        program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        self._child = self._children.start("mosquitto", [program, "-c", self.regency.broker_config])
        self._child.wait_for(lambda: port_answers(self.port))

    def stop(self) -> None:
        assert self._child is not None
        self._child.kill()
        self._children.forget(self._child)

    def listen(self) -> None:
        keys = self.regency.server / "keys"
        ear = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="regency", protocol=mqtt.MQTTv5)
        context = ssl.create_default_context(cafile=str(keys / "ca.pem"))
        context.load_cert_chain(keys / "server.pem", keys / "server.key")
        ear.tls_set_context(context)
        ear.on_connect = lambda client, *_: client.subscribe("k1/#", qos=1)
        ear.on_disconnect = lambda *_: self.losses.put(None)
        ear.on_message = lambda _c, _d, message: self.heard.put((message.topic, message.payload))
        ear.connect("127.0.0.1", self.port)
        ear.loop_start()
        self.ear = ear

    def files(self, kiosk: str) -> tuple[Path, Path, Path]:
        folder = self.folder / kiosk
        if not folder.exists():
            self.regency.add_kiosk(kiosk, "Desa", folder, ("127.0.0.1", self.port), Devices())
        keys = folder / "keys"
        return keys / "ca.pem", keys / "kiosk.pem", keys / "kiosk.key"

    def close(self) -> None:
        if self.ear is not None:
            self.ear.disconnect()
            self.ear.loop_stop()
        self._children.stop()


class Line:
    """A kiosk's link and what it reported."""

    def __init__(self, broker: Broker, certificate_of: str = KIOSK, kiosk: str = KIOSK) -> None:
        self.signals: queue.SimpleQueue[Signal] = queue.SimpleQueue()
        self.link = Link(
            kiosk,
            ("127.0.0.1", broker.port),
            broker.files(certificate_of),
            WILL,
            self.signals.put,
        )
        self.link.start()

    def hears(self, kind: type[Signal]) -> Signal:
        while True:
            signal = self.signals.get(timeout=PATIENCE_SECONDS)
            if isinstance(signal, kind):
                return signal


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    broker = Broker(tmp_path)
    yield broker
    broker.close()


def test_a_birth_is_heard_and_a_farewell_too(broker: Broker) -> None:
    broker.start()
    broker.listen()
    line = Line(broker)
    line.hears(LinkUp)
    birth = wire.encode(wire.StateUp(online=True, boot=1))
    line.link.publish_state(birth)
    assert broker.heard.get(timeout=PATIENCE_SECONDS) == (wire.state_topic(KIOSK), birth)
    line.link.close()


def test_a_message_down_reaches_the_controller(broker: Broker) -> None:
    broker.start()
    broker.listen()
    line = Line(broker)
    line.hears(LinkUp)
    assert broker.ear is not None
    broker.ear.publish(wire.down_topic(KIOSK, "rcp"), b"receipt", qos=1)
    came = line.hears(MessageCame)
    assert came == MessageCame(wire.down_topic(KIOSK, "rcp"), b"receipt")
    line.link.close()


def test_a_broker_that_is_not_there_is_waited_for(broker: Broker) -> None:
    line = Line(broker)
    down = line.hears(LinkDown)
    assert f"no broker answers at 127.0.0.1 port {broker.port}" in str(down)
    broker.start()
    line.hears(LinkUp)
    broker.stop()
    line.hears(LinkDown)
    broker.start()
    line.hears(LinkUp)
    line.link.close()


def test_one_kiosk_cannot_speak_listen_or_stand_in_for_another(broker: Broker) -> None:
    broker.start()
    broker.listen()
    honest = Line(broker)
    honest.hears(LinkUp)
    thief = Line(broker, certificate_of=OTHER, kiosk=KIOSK)
    thief.hears(LinkUp)  # Mosquitto lets it subscribe, and then gives it nothing
    thief.link.publish("req", b"forged")
    honest.link.publish("req", b"honest")
    assert broker.heard.get(timeout=PATIENCE_SECONDS) == (wire.up_topic(KIOSK, "req"), b"honest")
    assert broker.ear is not None
    for payload in (b"one", b"two"):
        broker.ear.publish(wire.down_topic(KIOSK, "res"), payload, qos=1)
        came = honest.signals.get(timeout=PATIENCE_SECONDS)  # nothing before it: it stays connected
        assert came == MessageCame(wire.down_topic(KIOSK, "res"), payload)
    assert thief.signals.empty()
    thief.link.close()
    honest.link.close()


def test_a_kiosk_cannot_push_the_regency_off(broker: Broker) -> None:
    broker.start()
    broker.listen()
    thief = Line(broker, certificate_of=OTHER, kiosk="regency")
    thief.hears(LinkUp)
    honest = Line(broker)
    honest.hears(LinkUp)
    honest.link.publish("req", b"honest")
    assert broker.heard.get(timeout=PATIENCE_SECONDS) == (wire.up_topic(KIOSK, "req"), b"honest")
    assert broker.losses.empty()
    thief.link.close()
    honest.link.close()


def test_a_key_that_is_not_the_certificates_is_one_sentence(broker: Broker) -> None:
    ca, certificate, _ = broker.files(KIOSK)
    _, _, other_key = broker.files(OTHER)
    with pytest.raises(ConfigurationError, match="enrol this kiosk again"):
        Link(KIOSK, ("127.0.0.1", 1), (ca, certificate, other_key), WILL, lambda _: None)
