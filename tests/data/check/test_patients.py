"""What names say of patients, beside what was said of them."""

from dataclasses import replace
from pathlib import Path

from segaug.data.cases import FileCase
from segaug.data.check.patients import alike, patients
from tests.data.small_sets import case


def cases(patient):
    """Two slices of each of six, whose patient is what is made of (name, slice)."""
    found = []
    for name in ("p01", "p02", "p03", "p04", "p05", "p06"):
        for place in (1, 2):
            bare = vars(case(f"{name}_{place}"))
            found.append(
                FileCase(**{**bare, "patient": patient(name, place), "image_file": Path("i"), "mask_file": None})
            )
    return found


def test_patients_that_names_tell_of_are_suggested_as_they_are_typed():
    (note,) = patients(cases(lambda name, place: f"{name}_{place}"))
    assert "by their names there are 6 patients, \"dataset.patient_pattern='" in str(note)


def test_slices_taken_for_patients_are_told_and_groups_of_patients_are_not():
    (note,) = patients(cases(lambda name, place: f"slice {place}"))
    assert str(note).startswith("names tell of 6 patients, and images of 6 of them are said to be of several: p01_1 of")
    assert patients(cases(lambda name, place: name)) == []
    assert patients(cases(lambda name, place: "first" if name < "p04" else "second")) == []


def test_one_patient_in_two_spellings():
    assert alike({"p1", "p2", "p11", "HF-I-1", "HF-N-1", "1.05", "1.5"}) == []
    for other in ("P01", "p 01", "p-01", "p1"):
        (note,) = alike({"p01", "p02", other})
        assert f"{other!r}" in str(note)
        assert str(note).startswith("1 patients have names that differ only in")


def test_unlabelled_ones_have_a_note_of_their_own():
    labelled = cases(lambda name, place: name)
    more = [replace(one, id=f"x{one.id}", patient=f"x{one.id}", labelled=False) for one in labelled]
    (note,) = patients([*labelled, *more])
    assert str(note).startswith("each of the 12 images without a mask counts as a patient of its own")
