"""Patients proposed from names are right, or unknown."""

import pytest

from segaug.data.patient_names import UNKNOWN, from_names


@pytest.mark.parametrize(
    ("names", "patients"),
    [
        ([f"p{p:02}_slice{s}" for p in range(9) for s in range(3)], 9),
        ([f"patient{p:03}_frame{s:02}" for p in range(9) for s in range(3)], 9),
        ([f"sub-{p:02}_ses-1_{s}" for p in range(9) for s in range(3)], 9),
        ([f"site1_case{p}_{s}" for p in range(9) for s in range(3)], 9),
        ([f"{p:03}_x{s}" for p in range(20) for s in range(5)], 20),
        ([f"SC-{kind}-{p:02}_{s:04}" for kind in ("HF-I", "N") for p in range(9) for s in range(4)], 18),
        ([f"Image_{p:02}{eye}" for p in range(9) for eye in "LR"], 9),
        ([f"benign/case{p}_{s}" for p in range(9) for s in range(2)], 9),
        ([f"a/{p:03}-{s}" for p in range(9) for s in range(2)], 9),
    ],
)
def test_a_part_of_the_names_that_repeats(names: list[str], patients: int) -> None:
    found = from_names(names)
    assert found.count == patients
    assert found.option is not None


@pytest.mark.parametrize(
    "names",
    [
        [f"{n:04}" for n in range(40)],
        [f"ISIC_{n:07}" for n in range(40)],
        [f"{kind}_{n:03}" for kind in ("benign", "malignant") for n in range(20)],
        [f"benign/benign ({n})" for n in range(40)],
        [f"val_{n:03}" for n in range(40)],
        [f"{n * 7919:010x}" for n in range(40)],
        [f"2021_{n:03}" for n in range(20)] + [f"2022_{n:03}" for n in range(20)],
        [f"site{s}_{n:03}" for s in range(4) for n in range(60)],
        [f"case{n}" for n in range(40)],
    ],
)
def test_numbers_classes_years_and_sites_are_no_patients(names: list[str]) -> None:
    found = from_names(names)
    assert found.confidence == UNKNOWN
    assert found.count == len(names)
    assert found.option is None
    assert "each image counts as a patient of its own" in found.told
    assert "--set" in found.told
