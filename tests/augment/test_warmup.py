import pytest

from segaug.augment.warmup import warmed_up


@pytest.mark.parametrize(("step", "want"), [(0, 0.0), (5, 0.25), (20, 1.0), (99, 1.0)])
def test_it_grows_in_a_line_and_stays(step, want):
    assert warmed_up(step, 100, 0.2) == pytest.approx(want)


def test_without_a_warmup_it_is_there_from_the_start():
    assert warmed_up(0, 100, 0.0) == 1
