"""The options of a pooled data set: which sources, how many images of each, and what they must agree in."""

from dataclasses import replace

import pytest

from segaug.data.kinds.folder import Folder
from segaug.data.phantom import Phantom
from segaug.data.pooled import Pooled, SourceError
from segaug.errors import ConfigError, DataError
from segaug.form import COLOUR

FOLDER = Folder(structures={"cell": [1]}, structure="cell")
PHANTOM = Phantom(size=16)


def pooled(base=FOLDER, other=FOLDER, **options):
    return Pooled(**{"base": "ours", "added": ["theirs"], **options}).with_sources({"ours": base, "theirs": other})


def test_it_has_the_form_of_its_base_and_all_sources_by_name():
    dataset = pooled(added=["theirs"])
    assert dataset.form == replace(FOLDER.form, sources=("ours", "theirs"))
    assert dataset.size == 64


@pytest.mark.parametrize(
    ("added", "k", "name"),
    [
        (["b"], 0, "a + 0 b"),
        (["b"], 8, "a + 8 b"),
        (["b", "c"], 8, "a + 8 b + 8 c"),
        (["c", "b"], [2, 0], "a + 2 c + 0 b"),
    ],
)
def test_its_name_counts_the_images_of_each_source(added, k, name):
    assert Pooled(base="a", added=added, k=k).name("a") == name


def test_one_number_is_that_of_each_source():
    assert Pooled(base="a", added=["b", "c"], k=3) == Pooled(base="a", added=["b", "c"], k=[3, 3])


def test_the_decoded_task_does_not_depend_on_how_many_are_used():
    assert pooled(k=3).decoded_as == pooled(k=5).decoded_as != pooled(k=3, colour=True).decoded_as


def test_colour_is_that_of_the_pooled_task_whatever_its_sources_say():
    for dataset in (pooled(other=replace(FOLDER, colour=True)), pooled(colour=True)):
        assert {source.colour for source in dataset.sources.values()} == {dataset.colour}
    assert pooled(colour=True).form.channels == COLOUR


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"base": ""}, "dataset.base: is not set; name data sets"),
        ({"added": []}, "dataset.added: names no data set; .*dataset=ours"),
        ({"added": ["ours"]}, "dataset.added: names ours, the base; name each source once"),
        ({"added": ["b", "b"]}, "dataset.added: names b, twice; name each source once"),
        ({"k": -1}, "dataset.k: got -1; use a number of images, 0 or more"),
        ({"k": 1.5}, "dataset.k: got 1.5; "),
        ({"k": True}, "dataset.k: got True; "),
        ({"k": "all"}, "dataset.k: got all; "),
        ({"k": [1, 2]}, "dataset.k: has 2 numbers for 1 sources; "),
        ({"k": [-1]}, r"dataset.k: got \[-1\]; "),
    ],
)
def test_what_names_no_sources_is_refused(options, told):
    with pytest.raises(ConfigError, match=f"^{told}"):
        Pooled(**{"base": "ours", "added": ["theirs"], **options})


@pytest.mark.parametrize(
    ("sources", "told"),
    [
        ({"other": PHANTOM}, "dataset.added: theirs segments lung, and ours cell; choose sources of the same"),
        ({"other": replace(FOLDER, size=32)}, "dataset.added: theirs has 32 x 32 pixels, and ours 64 x 64; "),
        ({"base": PHANTOM, "other": PHANTOM, "colour": True}, "dataset.colour: is true, but ours has no images in col"),
    ],
)
def test_sources_that_do_not_agree_are_refused(sources, told):
    with pytest.raises(ConfigError, match=f"^{told}"):
        pooled(**sources)


@pytest.mark.parametrize(("name", "key"), [("ours", "dataset.base"), ("theirs", "dataset.added")])
def test_an_error_of_a_source_says_whose_it_is(name, key):
    with pytest.raises(SourceError) as caught, pooled().of_source(name):
        raise DataError(file="x.png", problem="is gone", fix="look for it")
    assert str(caught.value) == f"{key}: {name}: x.png: is gone; look for it (its options are those of dataset={name})"
