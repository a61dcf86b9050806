"""Targets as a user writes them."""

import pytest

from segaug.analysis.planning.target import Target, read_target
from segaug.errors import ConfigError
from segaug.measures import quantity


@pytest.mark.parametrize(
    ("text", "metric", "error"),
    [
        ("dice=0.9", "1-dice", 0.1),
        ("1-dice=0.1", "1-dice", 0.1),
        ("dice/rv=0.9", "1-dice/rv", 0.1),
        ("bce=0.05", "bce", 0.05),
        ("bce_recalibrated=2", "bce_recalibrated", 2.0),
        ("hd95=3", "hd95", 3.0),
    ],
)
def test_a_target_is_an_error_of_the_metric_that_falls(text, metric, error):
    target = read_target(text)
    assert target.metric == metric
    assert target.error == pytest.approx(error)
    assert target.in_measure(target.error) == pytest.approx(target.value)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("foo", "got 'foo'; write it as dice=0.9"),
        ("dice", "got 'dice'; write it as"),
        ("dice=high", "got 'dice=high'; write it as"),
        ("dics=0.9", "'dics' is unknown; did you mean dice?"),
        ("bce/rv=0.9", "'bce/rv' names no structure that bce has; use bce"),
        ("validation_bce=0.1", "validation_bce is not measured on the test set; write it as"),
        ("dice=1.2", "got dice=1.2; use a Dice between 0 and 1"),
        ("dice=1", "got dice=1; use a Dice between 0 and 1"),
        ("dice=90", "got dice=90; use a Dice between 0 and 1, such as 0.9"),
        ("bce=0", "got bce=0; use a value above 0"),
        ("bce=-1", "got bce=-1; use a value above 0"),
        ("bce=nan", "got bce=nan; use a value above 0"),
        ("bce=inf", "got bce=inf; use a value above 0"),
    ],
)
def test_an_impossible_target_is_one_sentence(text, problem):
    with pytest.raises(ConfigError) as refusal:
        read_target(text)
    assert str(refusal.value).startswith(f"--target: {problem}")


def test_from_python_too():
    with pytest.raises(ConfigError, match="between 0 and 1"):
        Target(quantity("dice"), 1.5)
