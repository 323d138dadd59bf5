"""Keeps what a finger typed while the controller's copy of it is still on its way back."""

from __future__ import annotations


class Echo:
    """The answer to one question: shown at once, confirmed by the controller's view later.

    Views lag behind a fast typist. A view that repeats an earlier state of the answer must not
    undo what was typed since; one that was never typed here is the controller's own word.
    """

    def __init__(self) -> None:
        self.name = ""
        self.value = ""
        self._on_the_way: list[str] = []

    @property
    def settled(self) -> bool:
        """Whether the controller has seen all that was typed."""
        return not self._on_the_way

    def type(self, value: str) -> None:
        """The visitor changed the answer to ``value``, and it was sent.

        A choice touched twice changes nothing: the controller sends no second view of it.
        """
        if value == self.value:
            return
        self.value = value
        self._on_the_way.append(value)

    def hear(self, name: str, value: str) -> None:
        """The controller's view says ``value`` for the question ``name``."""
        if name != self.name:
            self.name, self.value, self._on_the_way = name, value, []
        elif value in self._on_the_way:
            del self._on_the_way[: self._on_the_way.index(value) + 1]
        elif self.settled:
            self.value = value
