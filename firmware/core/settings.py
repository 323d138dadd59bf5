"""A TOML file as a typed value, for kiosk and regency. What cannot be used is one sentence that
names the file, the key and the nearest known key.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from firmware.core.errors import ConfigurationError

Settings = TypeVar("Settings", bound=msgspec.Struct)


def read_settings(raw: bytes, kind: type[Settings], file: str) -> Settings:
    """The settings in ``raw``; ``file`` is its name for people. Raises ConfigurationError."""
    try:
        values = tomllib.loads(raw.decode())
    except ValueError as error:  # not UTF-8, not TOML, or a number of thousands of digits
        raise ConfigurationError(f"{file} is not valid TOML: {error}") from error
    except RecursionError:
        raise ConfigurationError(f"{file} has lists or tables nested too deeply") from None
    return check_settings(values, kind, file)


def check_settings(values: Mapping[str, Any], kind: type[Settings], file: str) -> Settings:
    """The settings in plain ``values``; raises ConfigurationError."""
    _refuse_unknown_keys(values, kind, file, "")
    try:
        return msgspec.convert(values, kind)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"{file}: {_in_words(str(error))}") from error


def is_file(path: Path) -> bool:
    """Whether there is such a file; a path that no file can have names none."""
    try:
        return path.is_file()
    except (OSError, ValueError):  # too long a name, a NUL in it
        return False


def _refuse_unknown_keys(
    table: Mapping[str, Any], kind: type[msgspec.Struct], file: str, where: str
) -> None:
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    for key, value in table.items():
        if key not in fields:
            raise ConfigurationError(f"{file}: {_unknown(key, where, list(fields))}")
        inner = fields[key].type
        if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
            if not isinstance(value, dict):
                raise ConfigurationError(f"{file}: {key} must be a table, written [{key}]")
            _refuse_unknown_keys(value, inner, file, key)


def _unknown(key: str, where: str, known: list[str]) -> str:
    place = f"[{where}] has" if where else "there is"
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.4)
    hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(sorted(known))}"
    return f"{place} no key {key!r}; {hint}"


def _in_words(text: str) -> str:
    """msgspec's sentence with a place that a person knows: `$.link.port` -> [link] port."""
    message, _, place = text.partition(" - at `$")
    section, _, key = place.rstrip("`").lstrip(".").partition(".")
    if "missing required field" in message:
        name = message.rpartition("field ")[2].strip("`")
        return (
            f"[{section}] lacks the key {name!r}" if section else f"the table [{name}] is missing"
        )
    return f"[{section}] {key}: {message[0].lower()}{message[1:]}"
