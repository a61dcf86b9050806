"""What is shown while artefacts are made: counts, kinds, and a time that is told only when it is known."""

import io

import pytest
from rich.console import Console

from segaug.experiment.artefacts import display as display_module
from segaug.experiment.artefacts.display import Preparing


@pytest.fixture
def output():
    return io.StringIO()


def display(output, kinds, workers=2, **settings):
    return Preparing(kinds, workers, Console(file=output, width=200, highlight=False, **settings))


def test_the_time_left_follows_what_each_kind_took_and_the_workers(output):
    shown = display(output, ["momenta"] * 4 + ["genda"] * 2)
    assert shown.line() == "preparing: 0 of 6 artefacts (momenta, genda)"
    shown.finished(0, 10.0)
    assert "to go" not in shown.line()  # nobody knows yet what a genda takes
    shown.finished(4, 300.0)
    assert shown.line() == "preparing: 2 of 6 artefacts (momenta, genda), about 3 min to go"  # (3 * 10 + 300) / 2 s
    shown.finished(5, 300.0)
    assert shown.line() == "preparing: 3 of 6 artefacts (momenta), about 15 s to go"


def test_a_maker_may_tell_how_far_it_is(output):
    shown = display(output, ["genda"])
    shown.told(0, 50, 200, "training")
    assert shown.line() == "preparing: 0 of 1 artefacts (genda), training 50 of 200"
    shown.told(0, 0, 0, "waiting for another process")
    assert shown.line().endswith("(genda), waiting for another process")


def test_the_rest_of_one_making_follows_from_its_own_pace_until_its_kind_is_known(output, monkeypatch):
    now = 0.0
    monkeypatch.setattr(display_module.time, "monotonic", lambda: now)
    shown = display(output, ["genda"])
    shown.told(0, 10, 200, "training (loss 0.9)")
    now = 30.0
    shown.told(0, 20, 200, "training (loss 0.8)")
    assert shown.line().endswith("training (loss 0.8) 20 of 200, about 9 min of it to go")
    shown.told(0, 0, 5, "scoring")  # begins with something else
    assert shown.line().endswith("scoring 0 of 5")


def test_a_log_gets_few_lines(output, monkeypatch):
    now = 0.0
    monkeypatch.setattr(display_module.time, "monotonic", lambda: now)
    with display(output, ["momenta"] * 100) as shown:
        for number in range(100):
            now += 1
            shown.finished(number, 1.0)
    assert output.getvalue().splitlines() == [
        "preparing: 0 of 100 artefacts (momenta)",
        "preparing: 30 of 100 artefacts (momenta), about 35 s to go",
        "preparing: 60 of 100 artefacts (momenta), about 20 s to go",
        "preparing: 90 of 100 artefacts (momenta), about 5 s to go",
        "prepared: 100 of 100 artefacts in 2 min",
    ]


def test_what_failed_is_not_counted_as_prepared(output):
    with display(output, ["momenta"] * 3) as shown:
        for number in range(3):
            shown.finished(number, 1.0, failed=number == 1)
    assert output.getvalue().splitlines()[-1] == "prepared: 2 of 3 artefacts in 0 s, 1 failed"


def test_a_terminal_gets_a_live_line(output):
    with display(output, ["momenta"], force_terminal=True) as shown:
        shown.finished(0, 1.0)
    assert "prepared: 1 of 1 artefacts" in output.getvalue()
