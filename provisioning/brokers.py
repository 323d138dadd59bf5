"""Configuration of brokers other than Mosquitto, of the templates in ``broker/``: what each does
otherwise stands in docs/brokers.md.

``python -m provisioning.brokers nats DIR --port 8883`` (or ``rabbitmq``) reads the folder that
``anjungan-fleet init`` made, writes DIR/broker/nats.conf, and prints how to start the server. To
be run again, and the server to be told, when a kiosk was added or revoked.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from string import Template

from provisioning.files import private_folder, write_public, write_secret
from provisioning.layout import BROKER, Regency

RABBITMQ_PLUGINS = "[rabbitmq_mqtt].\n"
_PARTS = ("users", "permissions", "topic_permissions")


def write_nats(regency: Regency, host: str, port: int) -> Path:
    """The configuration of a NATS server with all kiosks that are not revoked; its path."""
    private_folder(regency.broker / "nats")
    kiosk = _template("nats-kiosk.template")
    filled = _template("nats.conf.template").substitute(
        **_files(regency),
        host=host,
        port=port,
        state=regency.broker / "nats",
        kiosks="".join(kiosk.substitute(kiosk=name) for name in regency.kiosks()),
    )
    config = regency.broker / "nats.conf"
    write_public(config, filled)
    return config


def write_rabbitmq(regency: Regency, host: str, port: int) -> Path:
    """The same for RabbitMQ, with its definitions and its list of plugins beside it."""
    folder = regency.broker / "rabbitmq"
    private_folder(folder)
    definitions = folder / "definitions.json"
    filled = _template("rabbitmq.conf.template").substitute(
        **_files(regency), host=host, port=port, definitions=definitions
    )
    config = folder / "rabbitmq.conf"
    write_public(config, filled)
    write_secret(definitions, _definitions(regency.kiosks()))
    write_public(folder / "enabled_plugins", RABBITMQ_PLUGINS)
    return config


def _definitions(kiosks: list[str]) -> str:
    template = _template("rabbitmq-kiosk.json.template")
    each = [json.loads(template.substitute(kiosk=name)) for name in kiosks]
    parts = {part: "".join(f",\n    {json.dumps(one[part])}" for one in each) for part in _PARTS}
    return _template("rabbitmq-definitions.json.template").substitute(parts)


def _template(name: str) -> Template:
    return Template((BROKER / name).read_text())


def _files(regency: Regency) -> dict[str, Path]:
    broker = regency.broker
    return {
        "ca": broker / "ca.pem",
        "certificate": broker / "broker.pem",
        "key": broker / "broker.key",
    }


def main(arguments: list[str] | None = None) -> int:
    """Command line. Exit code 2 where there is no regency."""
    parser = argparse.ArgumentParser(prog="python -m provisioning.brokers", description=__doc__)
    parser.add_argument("kind", choices=("nats", "rabbitmq"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8883)
    options = parser.parse_args(arguments)
    regency = Regency(options.folder)
    if not regency.config.is_file():
        parser.error(f"{options.folder} holds no regency; make one with anjungan-fleet init")
    if options.kind == "nats":
        print(f"nats-server -c {write_nats(regency, options.host, options.port)}")
    else:
        config = write_rabbitmq(regency, options.host, options.port)
        plugins = config.parent / "enabled_plugins"
        print(
            f"RABBITMQ_CONFIG_FILE={config} RABBITMQ_ENABLED_PLUGINS_FILE={plugins} rabbitmq-server"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
