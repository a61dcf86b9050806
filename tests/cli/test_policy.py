"""`segaug policy`: what it shows are the numbers of the records, and what it exports is read back bit for bit."""

import json

import pandas as pd
import pytest

from segaug.augment.policy.operations import operations
from segaug.augment.policy.options import groups
from segaug.augment.policy.start_file import read_start
from segaug.cli.main import main
from segaug.findings.operations import operation_names
from segaug.results.store import Store
from tests.policy_study import GROUPS, SEEDS, SIZES, START, learned, write


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return write(tmp_path_factory.mktemp("made") / "heart_policies").folder


def run(capsys, *arguments):
    code = main(["policy", *map(str, arguments)])
    out, err = capsys.readouterr()
    return code, out if code == 0 else err


def shown(capsys, *arguments):
    code, out = run(capsys, "show", *arguments)
    assert code == 0, out
    return out


def test_the_groups_of_the_tests_are_those_of_the_table():
    assert {group.name: list(group.names) for group in groups(2)} == GROUPS


def test_it_shows_start_end_and_change_of_each_group_and_what_is_more_than_chance(study, capsys):
    out = shown(capsys, study, "--strategy", "policy_joint", "--size", 16)
    foreground = out.partition("foreground, 1024 rows")[2]
    rows = {line[:15].strip(): line.split() for line in foreground.splitlines() if line[:1].isalpha()}
    ends = [learned("foreground", seed)["scale"][0] for seed in range(SEEDS)]
    assert rows["scale"][1:4] == ["0.80", f"{sum(ends) / SEEDS:.2f}", f"{sum(ends) / SEEDS - 0.8:+.2f}"]
    assert rows["scale"][6].endswith("*")
    assert not rows["contrast"][6].endswith("*")
    told = " ".join(out.split())
    assert "foreground: in 3 of 12 groups the change is more than chance (scale -0.2" in told
    assert "foreground minus background, where it is more than chance: scale -0.3" in told
    assert "at test time, with their mean weights: as it is 0.62; mirror rows 0.19 (2 of 4)" in told
    assert "a logit can have moved by 6.80, at test time by 6.80" in told


def test_every_line_fits_80_columns(study, capsys):
    assert max(map(len, shown(capsys, study).splitlines()[:-1])) <= 80


def test_json_and_csv_say_the_same_numbers_and_write_nothing(study, capsys, tmp_path):
    copy = write(tmp_path / "study").folder
    record = json.loads(shown(capsys, copy, "--json"))
    printed = shown(capsys, copy, "--csv")
    assert not (copy / "policy").exists()
    shown(capsys, copy)
    assert (copy / "policy" / "policies.csv").read_text() == printed
    rows = pd.read_csv(copy / "policy" / "policies.csv")
    changes = [one for cell in record["cells"] for policy in cell["classes"].values() for one in policy["groups"]]
    assert len(rows) == len(changes) == (1 + 2 + 2) * len(SIZES) * len(GROUPS)
    assert rows["change"].tolist() == [one["change"] for one in changes]
    assert rows["change_high"].tolist() == [one["change_high"] for one in changes]
    assert all(one["start"]["identity"] == pytest.approx(1 - START[one["group"]]) for one in changes)
    assert all(sum(one["end"].values()) == pytest.approx(1) for one in changes)


def test_one_seed_says_nothing_of_chance(study, capsys):
    out = shown(capsys, study, "--strategy", "policy_class_specific", "--size", 4, "--seed", 1)
    assert out.count("one seed, and so nothing is said of chance") == 3
    assert "*" not in out.partition("start, end:")[0]


def test_a_logit_that_cannot_move_is_told(tmp_path, capsys):
    still = write(tmp_path / "still", ("policy_learned",), beta_updates=0.25).folder
    assert "set a larger augment.beta" in " ".join(shown(capsys, still).split())


def test_one_seed_is_exported_bit_for_bit(study, capsys, tmp_path):
    out = tmp_path / "mine.json"
    choice = ("--strategy", "policy_joint", "--size", 16, "--seed", 2, "--out", out)
    code, said = run(capsys, "export", study, *choice)
    assert code == 0
    assert f"augment.start={out}" in said
    policy = read_start(str(out), 2)
    assert {name: {group: [*own.values()] for group, own in of.items()} for name, of in policy.items()} == {
        name: learned(name, 2) for name in ("background", "foreground")
    }
    origin = json.loads(out.read_text())["origin"]
    expected = {"study": "heart_policies", "task": "heart", "model": "nnunet", "strategy": "policy_joint", "size": 16}
    assert origin.items() >= {**expected, "seeds": [2]}.items()


def test_several_seeds_are_exported_in_the_mean(study, capsys, tmp_path):
    out = tmp_path / "mine.json"
    assert run(capsys, "export", study, "--strategy", "policy_learned", "--size", 4, "--out", out)[0] == 0
    policy = read_start(str(out), 2)["all"]
    ends = [learned("all", seed) for seed in range(SEEDS)]
    for group, own in policy.items():
        means = [sum(values) / SEEDS for values in zip(*(end[group] for end in ends), strict=True)]
        assert list(own.values()) == pytest.approx(means, rel=1e-15)


def test_a_file_that_is_there_is_left_alone(study, capsys, tmp_path):
    out = tmp_path / "mine.json"
    out.write_text("dear")
    code, said = run(capsys, "export", study, "--strategy", "policy_learned", "--size", 4, "--out", out)
    assert code == 2
    assert "is there already" in said
    assert out.read_text() == "dear"


WRONG = [
    (("show", "--strategy", "policy_jiont"), "--strategy: .* with strategy policy_jiont; did you mean 'policy_joint'"),
    (("show", "--strategy", "baseline"), "no policy was learned with strategy baseline; choose from: policy_class"),
    (("show", "--size", "5"), "--size: no policy was learned with size 5; choose from: 4, 16"),
    (("show", "--task", "lung"), "--task: no policy was learned with task lung"),
    (("show", "--seed", "9"), "--seed: no policy was learned with seed 9"),
    (("show", "--out", "a.json"), "--out: is of export"),
    (("export", "--size", "4"), "--out: is not set"),
    (("export", "--out", "a.json", "--csv"), "--csv: is of show"),
    (("export", "--out", "mine"), "--out: mine does not end in .json"),
    (("export", "--out", "none/mine.json"), "--out: there is no folder none"),
    (("export", "--out", "a.json", "--size", "4"), "--strategy: is not set, and there are policies of several: policy"),
    (("export", "--out", "a.json", "--strategy", "policy_joint"), "--size: is not set, .* of several: 4, 16"),
    (("tell",), "there is no 'tell'"),
]


@pytest.mark.parametrize(
    ("words", "said"), WRONG, ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_what_cannot_be_is_said_in_one_line(study, capsys, tmp_path, monkeypatch, words, said):
    monkeypatch.chdir(tmp_path)
    action, *options = words
    code, err = run(capsys, action, study, *options)
    assert code == 2
    assert pd.Series([err]).str.contains(said).all(), err
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_of_several_tasks_one_has_to_be_chosen(tmp_path, capsys):
    two = write(tmp_path / "two", ("policy_learned",), tasks=("heart", "lung"), sizes=(4,), seeds=2).folder
    out = tmp_path / "mine.json"
    code, err = run(capsys, "export", two, "--out", out)
    assert (code, "--task: is not set, and there are policies of several: heart, lung" in err) == (2, True)
    assert run(capsys, "export", two, "--task", "lung", "--out", out)[0] == 0
    assert json.loads(out.read_text())["origin"]["task"] == "lung"


def test_a_study_without_policies_says_what_learns_them(tmp_path, capsys):
    plain = write(tmp_path / "plain", ("baseline", "policy_heuristic"), seeds=2).folder
    code, err = run(capsys, "show", plain)
    assert (code, "no trial in it has learned a policy; train one" in err) == (2, True)


def test_trials_that_diverged_are_left_out(tmp_path, capsys):
    store = write(tmp_path / "study", ("policy_learned",), sizes=(4,), seeds=3)
    first, *others = store.records()
    _diverge(store, first)
    assert "2 seeds" in shown(capsys, store.folder)
    for record in others:
        _diverge(store, record)
    code, err = run(capsys, "show", store.folder)
    assert (code, "all of these trials diverged" in err) == (2, True)


def _diverge(store: Store, record: dict) -> None:
    store.record_path(record["id"]).unlink()
    store.write_record({**record, "status": "diverged", "test": {"best": None, "last": None}, "cases": None})


@pytest.mark.parametrize(("axes", "count", "spatial"), [(2, 64, 22), (3, 84, 41)])
def test_every_operation_has_a_name_of_its_own(axes, count, spatial):
    names = operation_names(axes)
    assert len(set(names)) == len(names) == count
    assert names[0] == "as it is"
    assert [name.split()[0] for name in names[1:spatial]] == sorted(
        (name.split()[0] for name in names[1:spatial]), key=("scale", "rotate", "mirror", "turn").index
    )


@pytest.mark.parametrize("axes", [2, 3])
def test_names_follow_the_table_of_operations(axes):
    for told, operation in zip(operation_names(axes), operations(axes), strict=True):
        families = {group.partition("_")[0] for group in operation.choice}
        words = told.replace("turn", "rotate").split()
        known = {"rotate": "rotation", "inverted": "inverted", "intensity": "intensity", "low": "low"}
        family = {"blur": "filter", "sharpen": "filter"}.get(words[0], known.get(words[0], words[0]))
        if operation.choice and family != "mirror" and "180°" not in told:
            assert families == {family}, told
        assert ("1/" in told or (" -" in told and "turn" not in told)) == (operation.backward and "turn" not in told)


def test_numbers_of_operations_are_those_of_the_method():
    two, three = operation_names(2), operation_names(3)
    assert [two[place] for place in (1, 2, 11, 12, 17, 18, 21, 22, 34, 35, 52, 55, 58, 61)] == [
        "scale 1.05", "scale 1/1.05", "rotate +5°", "rotate -5°", "mirror rows", "mirror columns", "turn 180°",
        "gamma 1.1", "shift +0.05", "shift -0.05", "blur 0.5", "sharpen 0.9", "noise 0.025", "low resolution 0.9",
    ]  # fmt: skip
    assert [three[place] for place in (17, 29, 30, 31, 32, 34, 37, 40, 41, 53, 71, 83)] == [
        "rotate sagittal +5°", "mirror sagittal", "mirror frontal", "mirror axial", "turn frontal +90°",
        "turn frontal 180°", "turn sagittal 180°", "turn longitudinal 180°", "gamma 1.1", "shift +0.05", "blur 0.5",
        "mirror all",
    ]  # fmt: skip
