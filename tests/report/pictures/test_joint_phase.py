import numpy as np
import pytest

from segaug.report.pictures.joint_phase import Phase, joint_phase_figure

HISTORY = {
    "update": [16, 32, 48],
    "dice": [0.5, 0.7, 0.6],
    "magnitude": [1.0, 2.0, 3.0],
    "accuracy": [0.5, 0.75, 1.0],
    "gradient_segmentation": [0.1, 0.0, 0.3],
    "gradient_adversarial": [1.0, 2.0, 3.0],
    "gradient_magnitude": [None, None, None],
}


def panels(history=HISTORY, kind="deformation"):
    return joint_phase_figure([Phase(kind, history, chosen=32)], "gd on hearts").axes


def drawn(axes):
    """Name -> values of each line that shows something measured."""
    measured = [line for line in axes.lines if len(line.get_xdata()) == 3]
    return {line.get_label(): list(line.get_ydata()) for line in measured}


def test_a_panel_shows_what_its_title_says():
    dice, size, judge, gradients = panels()
    assert [axes.get_title(loc="left") for axes in (dice, size, judge, gradients)] == [
        "deformation: validation Dice", "mean |v| (% of side)", "discriminator right", "gradient of each term",
    ]  # fmt: skip
    for axes, name, scale in ((dice, "dice", 1), (size, "magnitude", 100 / 224), (judge, "accuracy", 1)):
        (values,) = drawn(axes).values()
        assert values == [scale * value for value in HISTORY[name]]
    lines = drawn(gradients)
    assert set(lines) == {"segmentation", "adversarial"}
    np.testing.assert_array_equal(lines["segmentation"], [0.1, np.nan, 0.3])  # a logarithm has no 0


def test_the_chosen_update_is_marked_in_every_panel():
    for axes in panels():
        (mark,) = (line for line in axes.lines if line.get_gid() == "chosen")
        assert set(mark.get_xdata()) == {32}


def test_what_was_not_measured_is_an_empty_panel():
    dice = panels({**HISTORY, "dice": [None] * 3})[0]
    assert drawn(dice) == {}


@pytest.mark.parametrize("count", [1, 2])
def test_each_phase_has_a_row(count):
    figure = joint_phase_figure([Phase("intensity", HISTORY, 48)] * count)
    assert len(figure.axes) == 4 * count
    assert figure.axes[1].get_title(loc="left") == "mean change of grey"
