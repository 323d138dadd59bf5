"""What may stand on a workbench."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hw.workbench.cabinet import Bench
from hw.workbench.doors import DoorError
from hw.workbench.manifest import ManifestError, load_manifest


def _written(folder: Path, **content: Any) -> Path:
    path = folder / "workbench.json"
    path.write_text(json.dumps({"title": "Desa Contoh", **content}))
    return path


def test_paths_count_from_the_manifest(tmp_path: Path) -> None:
    manifest = load_manifest(
        _written(
            tmp_path,
            reader={"control": "card.sock"},
            printer={"control": "/p", "slips": "s"},
            pins={"control": "pins.sock"},
            line={"control": "line.sock"},
        )
    )

    assert manifest.reader is not None and manifest.printer is not None
    assert manifest.pins is not None
    assert manifest.pins.control == str(tmp_path / "pins.sock")
    assert manifest.reader.control == str(tmp_path / "card.sock")
    assert (manifest.printer.control, manifest.printer.slips) == ("/p", str(tmp_path / "s"))
    assert manifest.printer.cable == ""  # none stays none
    assert manifest.line is not None
    assert manifest.line.control == str(tmp_path / "line.sock")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ({"readers": {}}, "readers"),
        ({"cards": [{"uid": "04xy", "label": "A"}]}, "not hexadecimal"),
        ({"cards": [{"uid": "04", "label": "A"}, {"uid": "04", "label": "B"}]}, "two cards"),
        ({"commands": [{"id": "cut", "label": "Cut", "argv": []}]}, "nothing to run"),
        ({"title": 3}, "title"),
        ({"line": {}}, "control"),
        ({"pins": {"control": "p", "form": "rgb"}}, "form"),
        (
            {"programs": {"control": "k", "programs": [{"id": "a", "label": "A"}] * 2}},
            "two programs",
        ),
    ],
)
def test_a_manifest_that_cannot_be_used_says_why(
    tmp_path: Path, content: dict[str, Any], why: str
) -> None:
    with pytest.raises(ManifestError, match=why):
        load_manifest(_written(tmp_path, **content))


def test_a_missing_manifest_says_so(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="cannot be read"):
        load_manifest(tmp_path / "none.json")


def test_a_device_that_does_not_answer_hides_no_other(tmp_path: Path) -> None:
    slips = tmp_path / "slips"
    slips.mkdir()
    (slips / "slip-001.png").write_bytes(b"a picture")
    bench = Bench(
        load_manifest(
            _written(
                tmp_path,
                reader={"control": "none.sock"},
                printer={"control": "none.sock", "slips": "slips"},
            )
        )
    )

    state = bench.state()

    assert "none.sock does not answer" in state["reader"]["error"]
    assert "none.sock does not answer" in state["printer"]["error"]
    assert state["slips"] == ["slip-001.png"]
    assert bench.printer is not None
    assert bench.printer.slip("slip-001.png") == b"a picture"
    assert bench.printer.slip("../workbench.json") is None


def test_a_command_is_run_and_its_failure_is_told(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    commands = [
        {"id": "mark", "label": "Leave a mark", "argv": ["touch", str(mark)]},
        {"id": "fail", "label": "Fail", "argv": ["sh", "-c", "echo no luck >&2; exit 3"]},
    ]
    bench = Bench(load_manifest(_written(tmp_path, commands=commands)))

    bench.do("command", {"id": "mark"})
    assert mark.exists()
    with pytest.raises(DoorError, match="no luck"):
        bench.do("command", {"id": "fail"})
    with pytest.raises(DoorError, match="no such command"):
        bench.do("command", {"id": "touch /tmp/x"})


class Deaf:
    """A control socket that notes what it hears, and says yes."""

    def __init__(self, path: Path) -> None:
        self.heard: list[Any] = []
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                caller, _ = self._listener.accept()
            except OSError:
                return
            with caller, caller.makefile("rb") as lines:
                self.heard.append(json.loads(lines.readline()))
                caller.sendall(b'{"ok": true, "state": {}}\n')

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Deaf]:
    deaf = Deaf(tmp_path / "door.sock")
    yield deaf
    deaf.close()


WHOLE: dict[str, Any] = {
    "reader": {"control": "door.sock"},
    "printer": {"control": "door.sock", "slips": ".", "cable": "door.sock"},
    "page_printer": {"control": "door.sock"},
    "pins": {"control": "door.sock"},
    "line": {"control": "door.sock"},
    "programs": {"control": "door.sock", "programs": [{"id": "ui", "label": "Screen"}]},
}


@pytest.mark.parametrize(
    ("what", "wish"),
    [
        ("printer", {"unit": {"maker": "X"}}),
        ("printer", {"paper": "full", "power_off_after_bytes": 3}),
        ("printer", {}),
        ("line", {"drop": True}),
        ("line", {"ask": "state"}),
        ("pages", {"folder": "/"}),
        ("program", {"id": "init", "run": False}),
        ("program", {"id": ["ui"], "run": False}),
        ("program", {"id": "ui", "run": "no"}),
        ("press", {"hold": 1}),
        ("door", {}),
        ("mains", {"on": None}),
        ("cable", {"on": "yes"}),
        ("daemon", {"how": "well"}),
        ("daemon", {}),
        ("plug", {}),
    ],
)
def test_a_page_reaches_only_what_the_bench_offers(
    tmp_path: Path, door: Deaf, what: str, wish: dict[str, Any]
) -> None:
    bench = Bench(load_manifest(_written(tmp_path, **WHOLE)))

    with pytest.raises(DoorError):
        bench.do(what, wish)
    assert door.heard == []


@pytest.mark.parametrize(
    "what",
    ["tap", "lift", "plug", "daemon", "printer", "cable", "pages", "press", "line", "program"],
)
def test_what_does_not_stand_there_cannot_be_worked(tmp_path: Path, what: str) -> None:
    with pytest.raises(DoorError, match="there is no"):
        Bench(load_manifest(_written(tmp_path))).do(what, {"on": True, "hold": True, "run": True})


def test_a_door_that_talks_nonsense_hides_no_other(tmp_path: Path, door: Deaf) -> None:
    del door  # it knows no state
    told = Bench(load_manifest(_written(tmp_path, **WHOLE))).state()

    assert told["programs"] == {"ui": False}
    assert told["pins"] == {}
    assert told["slips"] == []
