"""Which structures are chosen, and what is said of a choice that cannot be."""

import pytest

from segaug.data.structures import chosen, tidy
from segaug.errors import ConfigError
from segaug.name import is_name

HEART = {"lv": (1,), "myo": (2,), "rv": [3], "left_heart": (1, 2)}


@pytest.mark.parametrize(
    ("structure", "kept"),
    [("lv", "lv"), (["lv"], "lv"), (("lv", "rv"), ["lv", "rv"]), (1, "1"), ([1, "a"], ["1", "a"]), ("", "")],
)
def test_the_option_is_kept_as_text_or_list_and_one_name_is_no_list(structure, kept):
    assert tidy(structure) == kept


@pytest.mark.parametrize("structure", [None, {"a": 1}, [["lv"]], [None]])
def test_other_values_are_refused(structure):
    with pytest.raises(ConfigError, match=r"dataset\.structure: got .*; use a name, a list of names, or all"):
        tidy(structure)


def test_a_list_keeps_its_order_and_all_that_of_the_declaration():
    assert chosen(["rv", "lv"], HEART) == ("rv", "lv")
    assert chosen("all", {"b": [2], "a": [1]}) == ("b", "a")
    assert chosen("lv", HEART) == ("lv",)


def test_a_structure_called_all_is_meant_before_all_structures():
    assert chosen("all", {"all": [1], "left": [1]}) == ("all",)


@pytest.mark.parametrize(
    ("structure", "declared", "message"),
    [
        (["lv", "myoc"], HEART, "unknown structure 'myoc'; did you mean 'myo'? choose from: lv, myo, rv, left_heart"),
        ("all", {}, "unknown structure 'all'; choose from: (none in dataset.structures)"),
        ([], HEART, "is an empty list; choose from: lv, myo, rv, left_heart"),
        (["lv", "rv", "lv"], HEART, "names lv twice; name each structure once"),
        ("all", {"lesion": [1]}, "all means several structures, and the data set has just the one: lesion; use dataset."
         "structure=lesion"),
        ("all", HEART, "lv and left_heart overlap: both have the mask value 1; name structures that are apart, e.g. "
         "dataset.structure=[lv,myo,rv]"),
        (["left_heart", "myo"], HEART, "left_heart and myo overlap: both have the mask value 2; name structures that "
         "are apart, e.g. dataset.structure=[lv,myo,rv]"),
        ("all", {"a": [1], "b": [1]}, "a and b overlap: both have the mask value 1; name structures that are apart"),
    ],
)  # fmt: skip
def test_what_cannot_be_chosen_is_said_in_one_line(structure, declared, message):
    with pytest.raises(ConfigError) as error:
        chosen(structure, declared)
    assert str(error.value) == f"dataset.structure: {message}"


@pytest.mark.parametrize("name", ["", "a/b", "a,b", "a=b", "a\nb", "a\x00"])
def test_a_name_that_is_part_of_keys_must_not_break_them(name):
    if is_name(name):
        assert chosen(name, {name: [1], "b": [2]}) == (name,)  # alone it is part of no key
    with pytest.raises(
        ConfigError, match=r"dataset\.structures: .* (cannot be one of several|holds a control).*; rename it"
    ):
        chosen([name, "b"], {name: [1], "b": [2]})
