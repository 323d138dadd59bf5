"""When a visitor is gone, nothing of the visitor is left on the screen or under it."""

from __future__ import annotations

import gc

import pytest

from tests.ui.looking import texts
from ui.asking_samples import ADDRESS, NAME
from ui.offscreen import Studio
from ui.page import Page
from ui.samples import CODE, SCREENS, view_states
from ui.widgets import Text

VIEWS = view_states()
SECRETS = (NAME, "Nurhalizah", ADDRESS, "3510195708850003", CODE[:5], "Warung Bu Siti")


def _visit(studio: Studio) -> None:
    for name in ("pin", "home-many", "form-text-problem", "form-text", "review", "ticket-printed"):
        studio.stage.show(VIEWS[name])
        studio.settle()


@pytest.mark.parametrize("last", ["goodbye", "attract", "out-of-service", None])
def test_nothing_of_the_visitor_stays(stage_studio: Studio, last: str | None) -> None:
    _visit(stage_studio)
    if last is None:
        stage_studio.stage.prepare()
    else:
        stage_studio.stage.show(VIEWS[last])
    stage_studio.settle()
    shown = " ".join(text.text for text in texts(stage_studio.stage))
    assert not [secret for secret in SECRETS if secret in shown]


def test_no_page_of_the_visitor_stays_in_memory(stage_studio: Studio) -> None:
    _visit(stage_studio)
    stage_studio.stage.show(VIEWS["attract"])
    stage_studio.settle()
    gc.collect()
    alive = [thing for thing in gc.get_objects() if issubclass(type(thing), Page)]
    assert [type(page).__name__ for page in alive] == ["AttractPage"]
    words = " ".join(thing.text for thing in gc.get_objects() if issubclass(type(thing), Text))
    assert not [secret for secret in SECRETS if secret in words]


def test_what_a_citizen_types_is_never_read_as_markup(stage_studio: Studio) -> None:
    form = SCREENS["form-text"]
    hostile = "[color=ff0000][b]{0}%s</b>"
    from msgspec.structs import replace

    question = replace(form.question, value=hostile)  # type: ignore[union-attr]
    stage_studio.stage.show(replace(VIEWS["form-text"], screen=replace(form, question=question)))
    stage_studio.settle()
    assert hostile in [text.text for text in texts(stage_studio.stage)]
