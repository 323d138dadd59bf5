"""Writing files that hold secrets, and those that do not."""

from __future__ import annotations

import os
from pathlib import Path


def write_secret(path: Path, content: bytes | str) -> None:
    """Write a file that only its owner may read (mode 600), from its first byte on."""
    raw = content.encode() if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(raw)


def private_folder(path: Path) -> Path:
    """Make a folder, or close one that is there: nobody but its owner may enter (mode 700)."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o700)
    return path


def write_public(path: Path, content: bytes | str) -> None:
    """Write a file that anybody may read."""
    raw = content.encode() if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw)
