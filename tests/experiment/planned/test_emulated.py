"""Trials in bfloat16 are run as they are asked for, and whoever would wait for an emulation is told so in a line."""

import pytest

from segaug.experiment.planned import emulated
from segaug.experiment.planned.emulated import told_emulated


@pytest.fixture
def unable(monkeypatch):
    """A machine without bfloat16."""
    monkeypatch.setattr(emulated, "emulates_bfloat16", lambda device: True)


@pytest.mark.parametrize("option", ["precision", "inference_precision"])
def test_trials_that_ask_for_bfloat16_are_counted(unable, tiny, option):
    told = told_emulated([tiny(), tiny(f"protocol.{option}=bfloat16"), tiny()])
    assert told.startswith("1 trial asks for bfloat16")
    assert "\n" not in told


def test_nothing_is_told_where_nobody_asks(unable, tiny):
    assert told_emulated([tiny(), tiny()]) is None


def test_nothing_is_told_where_it_is_native(monkeypatch, tiny):
    monkeypatch.setattr(emulated, "emulates_bfloat16", lambda device: False)
    assert told_emulated([tiny("protocol.precision=bfloat16")]) is None
