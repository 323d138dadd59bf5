"""What may stand on a workbench."""

from __future__ import annotations

import json
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
        )
    )

    assert manifest.reader is not None and manifest.printer is not None
    assert manifest.pins is not None
    assert manifest.pins.control == str(tmp_path / "pins.sock")
    assert manifest.reader.control == str(tmp_path / "card.sock")
    assert (manifest.printer.control, manifest.printer.slips) == ("/p", str(tmp_path / "s"))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ({"readers": {}}, "readers"),
        ({"cards": [{"uid": "04xy", "label": "A"}]}, "not hexadecimal"),
        ({"cards": [{"uid": "04", "label": "A"}, {"uid": "04", "label": "B"}]}, "two cards"),
        ({"commands": [{"id": "cut", "label": "Cut", "argv": []}]}, "nothing to run"),
        ({"title": 3}, "title"),
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
