"""A job runs nothing but what was submitted."""

import dataclasses
import json

import pytest

from segaug.cluster.check import Mismatch, check_frozen


@pytest.fixture
def made(study):
    return study.send([study.planned(0), study.planned(1)], [study.planned(2)])


def test_what_was_submitted_passes(made):
    check_frozen(made)


def test_a_trial_that_its_configuration_does_not_describe_is_refused(study):
    """Its digest is right: somebody computed it anew, or what an option means has changed without its code."""
    other = dataclasses.replace(study.planned(0), id="0" * 16)
    with pytest.raises(Mismatch, match="trial 0000000000000000 is not what its configuration describes"):
        check_frozen(study.send([other]))


@pytest.mark.parametrize(
    ("file", "change"),
    [
        ("submission.json", lambda facts: facts["packs"].reverse() or facts["forecast"]["seconds"].reverse()),
        ("trials.json", lambda trials: trials["trials"][2].__setitem__(3, 7)),
        ("trials.json", lambda trials: trials["configs"][0].update(content="another data set")),
    ],
)
def test_packs_and_trials_are_as_they_were(made, file, change):
    content = json.loads((made.folder / file).read_bytes())
    change(content)
    (made.folder / file).write_text(json.dumps(content))
    with pytest.raises(Mismatch, match="trials or packs are not those that were submitted; `segaug retry STUDY`"):
        check_frozen(made)


def test_facts_that_decide_nothing_may_change(made):
    path = made.folder / "submission.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | {"note": "mine", "attempts": {}}))
    check_frozen(made)


def test_the_code_that_is_installed_is_named_beside_the_one_that_was(made, monkeypatch):
    was = made.facts()["code"]
    monkeypatch.setattr("segaug.cluster.check.code_hash", lambda: "f" * 16)
    with pytest.raises(Mismatch, match=rf"\({'f' * 16}, was {was}\)"):
        check_frozen(made)
