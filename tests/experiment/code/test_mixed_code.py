"""A study is not extended by other code before the user has said so, and then never without a word about it."""

import shutil

import pandas as pd
import pytest

from segaug.analysis.curves.fitting import fit_records
from segaug.cli.study_state import study_state
from segaug.errors import ConfigError
from segaug.experiment.code import deciding, mixed_code
from segaug.experiment.code.mixed_code import check_code, question
from segaug.experiment.code.source import read_source
from segaug.experiment.config.identity import trial_id
from segaug.experiment.planned.plan import Planned
from segaug.experiment.sweep.study import run_study
from segaug.results.snapshot import Snapshot
from segaug.results.store import Store
from tests.synthetic import replace_record


@pytest.fixture
def edit(tmp_path, monkeypatch):
    """Change a file of the package between two commands: a copy of it, which is what the program looks at."""
    home = tmp_path / "copy" / "segaug"
    shutil.copytree(deciding.HOME, home, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(deciding, "HOME", home)

    def changed(file: str, more: str) -> None:
        with (home / file).open("a") as end:
            end.write(more)
        forget()

    forget()
    yield changed
    forget()


def forget():
    for remembered in (deciding._commit, deciding._hash, read_source):
        remembered.cache_clear()


def train(*trials):
    return run_study(trials, workers=1, many=False)


def codes(store):
    return [record["run"]["code"]["hash"] for record in store.records()]


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "study")


def test_one_changed_line_of_red_is_asked_about_once(tiny, store, edit):
    train(tiny("augment=red"))
    edit("augment/red.py", "\nANOTHER = 1\n")
    with pytest.raises(ConfigError, match=r"mixed_code in .*study: 1 finished trials .*/ red; add mixed_code=true"):
        train(tiny("augment=red", "seed=1"))
    assert [trial["seed"] for trial in store.plan()["trials"]] == [0], "what was refused is no part of the study"
    train(tiny("augment=red"))  # nothing is left to do
    train(tiny("augment=red", "seed=1", "mixed_code=true"))
    train(tiny("augment=red", "seed=2"))  # known by now
    assert len(set(codes(store))) == 2
    (mixed,) = study_state(store)["mixed_code"]
    assert (mixed["strategy"], sorted(mixed["codes"].values())) == ("red", [1, 2])


def test_remarks_pages_and_other_strategies_block_nobody(tiny, store, edit):
    train(tiny("augment=red"))
    edit("augment/red.py", '\n# A remark.\n"""And another."""\n')
    for file in ("report/page.py", "experiment/sweep/study.py", "augment/regda.py"):
        edit(file, "\nANOTHER = 1\n")
    train(tiny("augment=red", "seed=1"))
    assert len(set(codes(store))) == 1
    assert not study_state(store)["mixed_code"]


def test_a_changed_strategy_does_not_stop_the_others(tiny, store, edit):
    train(tiny("augment=red"))
    edit("augment/red.py", "\nANOTHER = 1\n")
    train(tiny())
    train(tiny("augment=none"))
    assert not study_state(store)["mixed_code"]


def test_changed_training_stops_new_curves_too_for_they_are_compared(tiny, store, edit):
    train(tiny("augment=red"))
    edit("training/fit.py", "\nANOTHER = 1\n")
    with pytest.raises(ConfigError, match="the code of what every trial runs; add mixed_code=true"):
        train(tiny())
    train(tiny("mixed_code=true"))
    train(tiny("augment=red", "seed=1"))


@pytest.fixture
def planned(tiny, monkeypatch):
    """A trial of red, planned by code of a name: planned("aaaa.bbbb")."""

    def by(hashed, *overrides):
        facts = {"version": "0.9", "commit": None, "changed": None, "hash": hashed}
        monkeypatch.setattr(mixed_code, "code_hash", lambda _: hashed)
        monkeypatch.setattr(mixed_code, "code_facts", lambda _: facts)
        return Planned(tiny("augment=red", *overrides), "new")

    return by


@pytest.fixture
def held(tiny, store):
    """A study of one trial of red by code of a name; None: as before that was noted."""
    train(tiny("augment=red"))

    def by(hashed, **facts):
        (record,) = store.records()
        run = {key: value for key, value in record["run"].items() if key != "code"}
        if hashed is not None:
            run["code"] = {"version": "0.1", "commit": None, "changed": None, "hash": hashed, **facts}
        replace_record(store, {**record, "run": run})
        return Snapshot(store.folder).trials()

    return by


@pytest.mark.parametrize(
    ("hashed", "told"),
    [
        (None, "1 by code that nobody noted; now it is"),
        ("0123456789abcdef", r"1 by 0\.1 \(01234567\); now it is 0\.9 \(aaaaaaaa\.bbbbbbbb\)"),
        ("cccc.dddd", r"1 by 0\.1 \(cccc\.dddd\)"),
    ],
)
def test_older_ways_to_name_code_count_as_other_code(held, planned, store, hashed, told):
    finished = held(hashed)
    with pytest.raises(ConfigError, match=told):
        check_code([planned("aaaaaaaaaaaa.bbbbbbbbbbbb")], finished, store)
    check_code([planned("aaaaaaaaaaaa.bbbbbbbbbbbb", "mixed_code=true")], finished, store)
    assert not study_state(store)["mixed_code"], "a study of one code, however that is named, mixes none"


def test_a_developer_is_told_how_to_see_what_changed(held, planned, store):
    finished = held("aaaa.cccc", commit="0123456789" * 4, changed=True)
    with pytest.raises(ConfigError, match=r"at commit 01234567 with changes .*`git diff 01234567 -- segaug`"):
        check_code([planned("aaaa.bbbb")], finished, store)


def test_nothing_is_asked_where_nothing_is_to_do_or_there(held, planned, store):
    finished = held("cccc.dddd")
    check_code([], finished, store)
    check_code([planned("aaaa.bbbb")], finished.iloc[:0], store)
    check_code([planned("cccc.dddd")], finished, store)


def test_a_curve_of_two_codes_goes_on_by_either(held, planned, store):
    finished = held("aaaa.bbbb")
    both = pd.concat([finished, finished.assign(code="aaaa.cccc")], ignore_index=True)
    assert question([planned("aaaa.cccc")], both, store) is None
    assert question([planned("aaaa.bbbb")], both, store) is None
    assert "2 finished trials" in str(question([planned("aaaa.dddd")], both, store))


def test_a_curve_of_before_is_asked_about_with_its_study_and_not_by_itself(held, planned, store):
    finished = held("0123456789abcdef")
    other = finished.assign(code="aaaa.cccc", strategy="baseline")
    assert question([planned("aaaa.bbbb")], finished, store)
    assert question([planned("aaaa.bbbb")], pd.concat([finished, other], ignore_index=True), store) is None


def test_the_option_is_no_part_of_a_trial(tiny):
    assert trial_id(tiny("mixed_code=true"), "content") == trial_id(tiny(), "content")


def test_fit_says_it_too(held, store, tiny):
    held("aaaa.bbbb")
    train(tiny("augment=red", "seed=1", "mixed_code=true"))
    (curve,) = fit_records(store.records(), resamples=100)
    assert [note for note in curve.notes if note.startswith("trained by different code: 1 by ")]
