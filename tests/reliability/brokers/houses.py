"""Brokers of different houses, each with the configuration that ``provisioning/broker`` gives it:
started on the loopback, killed, and started again on the same port from the same disk.
"""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

from provisioning.brokers import write_nats, write_rabbitmq
from provisioning.layout import Regency
from provisioning.processes import Child, Children, free_ports, port_answers

SLOW_START_SECONDS = 180.0
RABBITMQ = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
"""Debian's own wrapper in /usr/sbin wants another user and its own folders."""


class House:
    """A broker, one program. Made when all kiosks of the regency are known. ``has_inner_door``:
    the regency's own, beside that of the kiosks.
    """

    has_inner_door = False

    def __init__(self, regency: Regency, port: int, children: Children) -> None:
        self._regency = regency
        self._port = port
        self._children = children
        self._child: Child | None = None

    def _command(self) -> list[str | Path]:
        raise NotImplementedError

    def _environment(self) -> dict[str, str]:
        return {}

    def start(self) -> None:
        """Until its port answers."""
        self._child = self._children.start("broker", self._command(), self._environment())
        self._child.wait_for(lambda: port_answers(self._port), SLOW_START_SECONDS)

    def kill(self) -> None:
        """SIGKILL: what it has not written down is lost, whatever it acknowledged."""
        assert self._child is not None
        self._child.kill()
        self._children.forget(self._child)


class Mosquitto(House):
    """Eclipse Mosquitto."""

    has_inner_door = True

    def _command(self) -> list[str | Path]:
        return [
            shutil.which("mosquitto") or "/usr/sbin/mosquitto",
            "-c",
            self._regency.broker_config,
        ]


class Nats(House):
    """A NATS server with JetStream."""

    def _command(self) -> list[str | Path]:
        program = shutil.which("nats-server") or "/usr/sbin/nats-server"
        return [program, "-c", write_nats(self._regency, "127.0.0.1", self._port)]

    def read_users_again(self) -> None:
        """After a kiosk was added or revoked."""
        assert self._child is not None
        write_nats(self._regency, "127.0.0.1", self._port)
        os.kill(self._child.pid, signal.SIGHUP)


class RabbitMq(House):
    """RabbitMQ with a node name, port mapper, cookie and folders of its own."""

    def __init__(self, regency: Regency, port: int, children: Children) -> None:
        super().__init__(regency, port, children)
        self._mapper, self._distribution = free_ports(2)
        self._mapper_runs = False

    def start(self) -> None:
        if not self._mapper_runs:
            mapper = self._children.start(
                "epmd", ["epmd", "-address", "127.0.0.1", "-port", str(self._mapper)]
            )
            mapper.wait_for(lambda: port_answers(self._mapper))
            self._mapper_runs = True
        super().start()

    def _command(self) -> list[str | Path]:
        return [RABBITMQ]

    def _environment(self) -> dict[str, str]:
        config = write_rabbitmq(self._regency, "127.0.0.1", self._port)
        folder = config.parent
        return {
            "HOME": str(folder),
            "ERL_EPMD_PORT": str(self._mapper),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"anjungan{self._port}@localhost",
            "RABBITMQ_DIST_PORT": str(self._distribution),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": ("-kernel inet_dist_use_interface {127,0,0,1}"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "none"),
            "RABBITMQ_CONFIG_FILE": str(config),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RUNNING_UNDER_SYSTEMD": "true",  # the shell becomes the server, and can be killed
        }
