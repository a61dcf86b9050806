"""An added source that validates and tests in the base's place, as target sites do within one data set."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch

from segaug.data.check.pooled import check_pooled
from segaug.data.phantom import Phantom
from segaug.data.pooled import Pooled
from segaug.data.task import SplitSizes, Task
from segaug.data.tensors import load_task
from segaug.errors import ConfigError

OURS = Phantom(images=40, size=16, split=SplitSizes(min_validation=4))
THEIRS = replace(OURS, images=30, seed=1)
OTHERS = replace(OURS, images=20, seed=2)


@pytest.fixture(scope="module")
def pooled() -> Callable[..., Pooled]:
    def make(**options: object) -> Pooled:
        dataset = Pooled(**{"base": "ours", "added": ["others", "theirs"], "target": "theirs", **options})
        return dataset.with_sources({"ours": OURS, "theirs": THEIRS, "others": OTHERS})

    return make


@pytest.fixture(scope="module")
def tasks(pooled) -> tuple[Task, Task, Task]:
    """With the target, without, and its own."""
    return load_task(pooled(), None), load_task(pooled(target=""), None), load_task(THEIRS, None)


def test_the_target_validates_and_tests_and_the_base_trains(tasks):
    task, plain, theirs = tasks
    for part in ("test", "validation"):
        rows, own = getattr(task.split, part), getattr(theirs.split, part)
        assert [task.ids[row] for row in rows] == [f"theirs/{theirs.ids[row]}" for row in own]
        assert torch.equal(task.image[list(rows)], theirs.image[list(own)])
        assert torch.equal(task.label[list(rows)], theirs.label[list(own)])
    assert (task.pool_of(0), task.split.external) == (plain.pool_of(0), plain.split.external)
    assert [task.ids[row] for row in task.split.pool] == [plain.ids[row] for row in plain.split.pool]


def test_test_sets_of_all_sources_are_told_in_their_order(tasks):
    task, plain, _ = tasks
    assert (task.tested, plain.tested) == (2, 0)
    named = [
        [[each.ids[row] for row in rows] for rows in each.by_source(each.split.test, each.added_tests)]
        for each in (task, plain)
    ]
    assert named[0] == named[1]
    assert [names[0].partition("/")[0] for names in named[0][1:]] == ["others", "theirs"]


def test_a_target_is_another_content_and_not_the_base_alone(tasks, pooled):
    task, plain, _ = tasks
    assert task.content_hash not in (plain.content_hash, load_task(pooled(target="others"), None).content_hash)
    assert plain.base_hash
    assert task.base_hash == ""


def test_it_is_part_of_the_name(pooled):
    assert pooled(k=2).name("ours") == "ours + 2 others + 2 theirs, tested on theirs"
    assert pooled(k=2, target="").name("ours") == "ours + 2 others + 2 theirs"


@pytest.mark.parametrize("name", ["ours", "nobody"])
def test_only_an_added_source_can_be_the_target(pooled, name):
    with pytest.raises(ConfigError, match=rf"^dataset\.target: {name} is no added source; choose from: others, theirs"):
        pooled(target=name)


def test_a_check_tells_the_parts_by_what_they_are_used_for(pooled):
    report = check_pooled(pooled(), None)
    assert report.problems == ()
    assert {part.name for part in report.parts} == {
        "test", "validation", "external", "pool", "test of ours", "test of others", "pool of others", "pool of theirs",
    }  # fmt: skip
    assert {part.name: part.images for part in report.parts}["validation"] == 4
    assert [source.test for source in report.sources] == [10, 5, 8]


def test_one_image_on_two_sides_is_found_there_as_well(pooled):
    same = replace(THEIRS, seed=0, label_noise=0.2)
    dataset = Pooled(base="ours", added=["theirs"], target="theirs").with_sources({"ours": OURS, "theirs": same})
    assert any("identical pixels" in problem for problem in check_pooled(dataset, None).problems)
