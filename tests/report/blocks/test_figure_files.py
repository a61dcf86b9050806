"""What is searched for rings of references while figures are drawn."""

import gc

import pytest

from segaug.report.blocks.figure_files import collecting_figures


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What a collector has set aside that stands in for that of this process; empty at first."""
    objects: list[object] = []
    monkeypatch.setattr(gc, "get_freeze_count", lambda: len(objects))
    monkeypatch.setattr(gc, "freeze", lambda: objects.append("of the study"))
    monkeypatch.setattr(gc, "unfreeze", objects.clear)
    return objects


def test_what_lies_there_is_set_aside_while_figures_are_drawn(frozen):
    with collecting_figures():
        assert frozen == ["of the study"]
    assert frozen == []


def test_what_a_caller_has_set_aside_stays_so(frozen):
    frozen.append("of the caller")
    with collecting_figures():
        pass
    assert "of the caller" in frozen
