"""Each kind of trouble, planted in a copy of a real set, is answered as the table says."""

import os
import re

import pytest

from tests.troubles.answer import Answer, answered
from tests.troubles.real_sets import cells, hearts, of_cells, of_hearts
from tests.troubles.table import ALL
from tests.troubles.trouble import ERROR, NOTE

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif("SEGAUG_DATA" not in os.environ, reason="SEGAUG_DATA does not name the folder of the real sets"),
]


@pytest.fixture(scope="module")
def unharmed(tmp_path_factory) -> Answer:
    """Of the hearts as they are."""
    return answered(of_hearts(hearts(tmp_path_factory.mktemp("unharmed"))))


def test_sets_are_sound_before_anything_is_planted(unharmed, tmp_path):
    assert (unharmed.problems, unharmed.notes, len(unharmed.foreground)) == ((), (), 40)
    assert answered(of_cells(cells(tmp_path), patient_pattern="^(.)")).problems == ()


def test_enough_kinds_are_planted():
    assert len(ALL) >= 45
    assert len({trouble.kind for trouble in ALL.values()}) == len(ALL)
    assert all(trouble.how for trouble in ALL.values())


@pytest.mark.parametrize("name", ALL)
def test_trouble_is_answered(name, tmp_path, unharmed):
    trouble = ALL[name]
    asked = trouble.plant(tmp_path / "set")
    answer = answered(asked)
    if trouble.result == ERROR:
        assert any(re.search(trouble.says, problem) for problem in answer.problems), answer
        return
    assert answer.problems == ()
    if trouble.result == NOTE:
        assert any(re.search(trouble.says, note) for note in answer.notes), answer
    else:  # read as it was meant, or unseen: nothing is said, and nothing has become of the masks
        assert answer.notes == ()
        assert answer.foreground == pytest.approx(unharmed.foreground)
