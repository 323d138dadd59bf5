"""``python -m firmware.docs``: writes the parts of docs/ that are made from code.

A test fails when a page is stale.
"""

from __future__ import annotations

from pathlib import Path

from firmware.core.print_job import FINISHED, MOVES, JobState
from firmware.core.session import ANYWHERE, TABLE
from firmware.core.state import Phase
from firmware.journal import catalogue_page
from hw.indicator.page import lamps_page, lamps_picture

DOCS = Path(__file__).parent.parent / "docs"
_BEGIN = "<!-- made by python -m firmware.docs: begin -->"
_END = "<!-- made by python -m firmware.docs: end -->"
_JOB_BEGIN = "<!-- a print job, made by python -m firmware.docs: begin -->"
_JOB_END = "<!-- a print job, made by python -m firmware.docs: end -->"


def state_diagram() -> str:
    """The visit as a Mermaid state diagram, drawn from the transition table."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for (phase, trigger), transition in TABLE.items():
        for target in transition.targets:
            arrows.setdefault((phase.value, target.value), []).append(trigger.__name__)
    lines = [
        f"    {old} --> {new}: {', '.join(sorted(names))}"
        for (old, new), names in sorted(arrows.items())
        if old != new
    ]
    start = f"    [*] --> {Phase.OUT_OF_SERVICE.value}"
    return "\n".join(["```mermaid", "stateDiagram-v2", start, *lines, "```"])


def anywhere_table() -> str:
    """What is done in every phase that does not say otherwise."""
    rows = [
        f"| `{trigger.__name__}` | {', '.join(t.value for t in transition.targets) or '–'} |"
        for trigger, transition in ANYWHERE.items()
    ]
    return "\n".join(["| event | may lead to |", "| --- | --- |", *rows])


def print_job_diagram() -> str:
    """The life of a print job as a Mermaid state diagram, drawn from its table of moves."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for (state, turn), after in MOVES.items():
        arrows.setdefault((state.value, after.value), []).append(turn.value)
    lines = [f"    {old} --> {new}: {'; '.join(turns)}" for (old, new), turns in arrows.items()]
    start = f"    [*] --> {JobState.QUEUED.value}"
    ends = [f"    {state.value} --> [*]" for state in JobState if state in FINISHED]
    return "\n".join(["```mermaid", "stateDiagram-v2", start, *lines, *ends, "```"])


def _between(text: str, begin: str, made: str, end: str) -> str:
    """``text`` with what stands between two marks made anew."""
    before, _, rest = text.partition(begin)
    after = rest.partition(end)[2]
    return f"{before}{begin}\n{made}\n{end}{after}"


def pages() -> dict[Path, str]:
    """Every page that is made, whole or in part: file -> text as it should be."""
    architecture = DOCS / "architecture.md"
    visit = f"{state_diagram()}\n\nIn every phase:\n\n{anywhere_table()}"
    text = _between(architecture.read_text(), _BEGIN, visit, _END)
    text = _between(text, _JOB_BEGIN, print_job_diagram(), _JOB_END)
    return {
        architecture: text,
        DOCS / "journal.md": catalogue_page(),
        DOCS / "lamps.md": lamps_page(),
        DOCS / "images" / "lamps.svg": lamps_picture(),
    }


def main() -> None:
    """Write every page."""
    for file, text in pages().items():
        file.write_text(text)


if __name__ == "__main__":
    main()
