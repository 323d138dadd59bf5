"""Reading the TOML files of a letter's folder, and the mistakes in them."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from firmware.core.errors import one_line


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in a letter's folder. ``line`` counts from 1; 0 is the file as a whole."""

    file: Path
    line: int
    text: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else str(self.file)
        return one_line(f"{place}: {self.text}")


def read_toml(file: Path) -> tuple[str, dict[str, Any]] | Mistake:
    """The file's source and what it says; or why it cannot be read."""
    try:
        source = file.read_text(encoding="utf-8")
        return source, tomllib.loads(source)
    except FileNotFoundError:
        return Mistake(file, 0, "the file is missing; every letter needs one")
    except UnicodeDecodeError:
        return Mistake(file, 0, "the file is not UTF-8; save it as UTF-8")
    except tomllib.TOMLDecodeError as error:
        return _syntax_mistake(file, error)
    except OSError as error:
        return Mistake(file, 0, f"the file cannot be read: {error.strerror}")
    except ValueError:
        return Mistake(file, 0, "a number has thousands of digits; shorten it")
    except RecursionError:
        return Mistake(file, 0, "lists or tables are nested too deeply")


def _syntax_mistake(file: Path, error: tomllib.TOMLDecodeError) -> Mistake:
    where = re.search(r" \(at line (\d+), column \d+\)", str(error))
    reason = str(error).replace(where[0], "") if where else str(error)
    line = int(where[1]) if where else 0
    return Mistake(file, line, f"this is not TOML: {reason}; mend it here or in the line before")
