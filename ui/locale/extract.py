"""Finds the sentences that have to be translated, for Babel.

Every one stands as a literal in ``tr("…")`` or ``Say("…")``, or in a call that makes a ``Say`` of
it (``WRAPPERS``). One with the place ``{n}`` has a plural. A ``Say`` of anything else cannot be
found here and is an error, so that none is forgotten.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from typing import IO, Any

Found = tuple[int, str, str | tuple[str, str], list[str]]
"""Babel's: line, function, the message (or singular and plural), comments for translators."""

WRAPPERS = {"_notice": 3, "_wait": 1}
"""Functions that make a Say of so many first arguments."""
_MARKERS = {"Say": 1, **WRAPPERS}
_COUNT = "{n}"
_KV_CALL = re.compile(r"\btr\((?P<literal>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")\)")
_KV_ANY_CALL = re.compile(r"\btr\(")
_COMMENT = re.compile(r"\s*#\s*Translators:\s*(.+)")


class NotALiteralError(ValueError):
    """A sentence that is no literal where one must stand."""


def python(
    fileobj: IO[bytes],
    _keywords: Mapping[str, Any],
    _comment_tags: Collection[str],
    options: Mapping[str, Any],
) -> Iterator[Found]:
    """The sentences of a .py file. Raises NotALiteralError."""
    source = fileobj.read().decode()
    lines = source.splitlines()
    tree = ast.parse(source)
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef) and function.name in WRAPPERS
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and id(node) not in inside:
            for argument in _sentences(node):
                yield _found(argument.lineno, _literal(argument), lines)


def kv(
    fileobj: IO[bytes],
    _keywords: Mapping[str, Any],
    _comment_tags: Collection[str],
    options: Mapping[str, Any],
) -> Iterator[Found]:
    """The sentences of a .kv file. Raises NotALiteralError."""
    lines = fileobj.read().decode().splitlines()
    for number, line in enumerate(lines, start=1):
        found = list(_KV_CALL.finditer(line))
        if len(found) != len(_KV_ANY_CALL.findall(line)):
            raise NotALiteralError(f"line {number}: tr() needs a text in quotes")
        for call in found:
            yield _found(number, ast.literal_eval(call["literal"]), lines)


def _sentences(call: ast.Call) -> list[ast.expr]:
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    if name == "tr":  # of anything but a literal: it must be a Say, which was found where it stands
        return [one for argument in call.args for one in _literals(argument)]
    return list(call.args[: _MARKERS.get(name, 0)])


def _literals(argument: ast.expr) -> list[ast.expr]:
    """What ``argument`` may be, as far as it is text in quotes."""
    if isinstance(argument, ast.IfExp):
        return _literals(argument.body) + _literals(argument.orelse)
    if isinstance(argument, ast.BoolOp):
        return [one for value in argument.values for one in _literals(value)]
    is_text = isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    return [argument] if is_text else []


def _literal(argument: ast.expr) -> str:
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return argument.value
    raise NotALiteralError(f"line {argument.lineno}: not a text in quotes: {ast.unparse(argument)}")


def _found(line: int, text: str, lines: list[str]) -> Found:
    comment = _COMMENT.match(lines[line - 2]) if line > 1 else None
    comments = [comment[1]] if comment else []
    if _COUNT in text:
        return line, "ngettext", (text, text), comments
    return line, "gettext", text, comments
