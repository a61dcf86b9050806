"""The data set card: what a task looks like, and what its strategies make of it, in colour and with every structure."""

from dataclasses import replace

import pytest
from safetensors.torch import load_file, save_file

from segaug.data.task import Task
from segaug.experiment.cards.bank_pictures import SAMPLES
from segaug.experiment.cards.card import EXAMPLES, VERSIONS, write_cards
from segaug.experiment.planned.parts import parts_of
from segaug.experiment.planned.plan import Plan, make_plan
from segaug.json_data import parse_json
from segaug.report.data.cards import read_card
from segaug.report.look.theme import themed
from segaug.results.bank_pictures import BankPictures
from segaug.results.card_files import read_card as read_files
from segaug.results.card_folder import card_folder
from segaug.results.store import Store
from tests.made_bank import NAME, HandMade, registered


@pytest.fixture
def written(drawn_once, tmp_path):
    """Write the cards of a study of phantom_template: (facts, tensors)."""

    def write(change=lambda task: task, strategy: str = "red") -> tuple[dict, dict]:
        plan = make_plan([drawn_once("dataset=phantom_template", f"augment={strategy}")], skip_large=False)
        write_cards(Plan(plan.trials, (), {name: change(task) for name, task in plan.tasks.items()}), Store(tmp_path))
        (folder,) = (tmp_path / "cards").iterdir()
        return parse_json((folder / "card.json").read_bytes()), load_file(folder / "examples.safetensors")

    return write


def coloured(task: Task) -> Task:
    """The task with three channels, each grey image repeated."""
    form = replace(task.form, channels=3)
    return replace(task, image=task.image.repeat(1, 3, 1, 1), form=form, repeated_grey=len(task.image))


def test_each_structure_has_its_share_and_its_mask(written):
    facts, tensors = written()
    names = facts["structures"]
    assert list(names) == facts["structure"].split(", ")
    assert sum(names.values()) == pytest.approx(facts["foreground_share"])
    assert (facts["channels"], facts["repeated_grey"], facts["sources"]) == (1, 0, ["base"])
    assert tensors["image"].shape == (EXAMPLES, 1, 16, 16)
    assert tensors["label"].shape == (EXAMPLES, len(names), 16, 16)
    assert tensors["red/image"].shape == (EXAMPLES, VERSIONS, 1, 16, 16)
    assert tensors["red/label"].shape == (EXAMPLES, VERSIONS, len(names), 16, 16)
    assert tensors["label"].sum(1).max() == 1


def test_colour_is_kept_and_repeated_grey_images_are_counted(written, tmp_path):
    facts, tensors = written(coloured)
    assert tensors["red/image"].shape == (EXAMPLES, VERSIONS, 3, 16, 16)
    with themed():
        card = read_card(tmp_path, facts["task"])
    assert dict(card.facts.rows)["colour"] == "3 channels; grey images repeated in them: 60"
    assert [name for name, _ in card.outlines] == list(facts["structures"])
    assert len(card.pictures) == 1


def test_a_strategy_joins_a_card_of_an_earlier_version(written, tmp_path):
    _, tensors = written()
    (path,) = (tmp_path / "cards").glob("*/examples.safetensors")
    earlier = {name: tensor.select(-3, 0).contiguous() for name, tensor in tensors.items()}  # one structure, no axis
    save_file(earlier, path)
    facts, both = written(strategy="baseline")
    assert set(facts["strategies"]) == {"red", "baseline"}
    assert both["red/image"].shape == (EXAMPLES, VERSIONS, 16, 16)
    with themed():
        assert [one.title for one in read_card(tmp_path, facts["task"]).pictures] == ["baseline", "red"]


def test_a_card_tells_where_the_images_are_from_if_sites_are_aimed_at(written, drawn_once, tmp_path):
    assert "by_site" not in written()[0]
    aimed = drawn_once("dataset=phantom_template", "dataset.split.target=[b]", "augment=none")
    write_cards(make_plan([aimed], skip_large=False), Store(tmp_path / "aimed"))
    with themed():
        rows = dict(read_card(tmp_path / "aimed", aimed.task).facts.rows)
    assert list(rows)[-2:] == ["images of site b (target)", "images of site a"]
    assert rows["images of site b (target)"].startswith("test: 14; validation: 16")
    assert "pool" in rows["images of site a"]


def test_external_images_without_a_mask_are_counted(written, tmp_path):
    facts, _ = written(lambda task: replace(task, unlabelled=3))
    with themed():
        card = read_card(tmp_path, facts["task"])
    assert dict(card.facts.rows)["external images without a mask"] == "3, of dataset.unlabelled"


def test_a_card_without_such_images_does_not_speak_of_them(written, tmp_path):
    facts, _ = written()
    assert facts["unlabelled"] == 0
    with themed():
        assert not any("without a mask" in what for what, _ in read_card(tmp_path, facts["task"]).facts.rows)


def test_a_bank_is_kept_as_it_is_trained_on_with_the_real_image_that_its_likest_sample_resembles(drawn_once, tmp_path):
    trial = drawn_once("dataset=phantom_template")
    trial = replace(trial, strategy=NAME, config=replace(trial.config, augment=HandMade(per_image=SAMPLES + 1)))
    with registered():
        plan = make_plan([trial], skip_large=False)
        write_cards(plan, Store(tmp_path))
    (task,) = plan.tasks.values()
    card, arrays = read_files(card_folder(tmp_path, trial.task))
    bank = BankPictures.of(arrays, NAME)
    assert card["strategies"][NAME] == {"sees": list(HandMade.sees), "size": 4, "seed": 0}
    assert bank.made.shape == (4, SAMPLES, 1, 16, 16)
    (planned,) = plan.trials
    rows = parts_of(planned, task, "cpu").rows
    assert bank.image.tolist() == (255 * task.image[list(rows)]).round().byte().tolist()
    last = max(set(task.split.pool) - set(rows))
    assert (bank.nearest == (255 * task.image[last]).round().byte().numpy()).all()
    assert bank.distance.tolist() == sorted(bank.distance)
    assert (bank.likest == 0).all()
