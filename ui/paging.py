"""Long lists in pages: nobody has to know how to scroll."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Pages(Generic[Item]):
    """``items`` in pages of ``size``; ``turn`` goes on and begins again after the last."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._items: Sequence[Item] = ()
        self._page = 0

    def fill(self, items: Sequence[Item]) -> None:
        """New items; the page stays if it still exists."""
        self._items = items
        self._page = min(self._page, self.count - 1)

    @property
    def count(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-len(self._items) // self._size))

    @property
    def number(self) -> int:
        """The page at hand, from 1."""
        return self._page + 1

    @property
    def shown(self) -> Sequence[Item]:
        """The items of the page at hand."""
        return self._items[self._page * self._size : (self._page + 1) * self._size]

    def turn(self) -> None:
        """The next page."""
        self._page = (self._page + 1) % self.count
