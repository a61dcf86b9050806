import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segaug.data.rules.slices import LeftOut, Slices
from segaug.errors import ConfigError

slices = st.lists(st.booleans(), min_size=1, max_size=80).map(np.array)


@settings(max_examples=40)
@given(slices, st.integers(1, 20), st.floats(0, 2))
def test_as_many_as_asked_for_of_each_kind_and_none_twice(holds, per_patient, share):
    chosen = Slices(per_patient=per_patient, share_without=share).chosen(holds)
    assert len(set(chosen)) == len(chosen)
    assert (np.diff(chosen) > 0).all()
    held = int(holds[chosen].sum())
    assert held == min(per_patient, holds.sum())
    assert len(chosen) - held == min((~holds).sum(), int(share * held + 0.5))


def test_they_are_evenly_spaced():
    chosen = Slices(per_patient=4, share_without=0).chosen(np.array([False] * 10 + [True] * 40))
    assert chosen.tolist() == [15, 25, 35, 45]


def test_nothing_of_a_patient_without_the_structure():
    assert len(Slices().chosen(np.zeros(30, bool))) == 0


@pytest.mark.parametrize(
    ("options", "key"),
    [({"axis": "z"}, "axis"), ({"per_patient": 0}, "per_patient"), ({"share_without": -0.1}, "share_without")],
)
def test_options_that_say_nothing_are_refused(options, key):
    with pytest.raises(ConfigError, match=f"dataset.slices.{key}: got"):
        Slices(**options)


def test_what_was_left_out_is_one_sentence():
    left = LeftOut(taken=8, of=40, taken_without=1, of_without=20, patients_without=("a", "b"))
    assert str(left) == (
        "taken are 8 of the 40 slices that hold the structure, and 1 of the 20 others; "
        "nothing of 2 patients, who do not have it (a, b)"
    )
