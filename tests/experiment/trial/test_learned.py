import pytest
from filelock import FileLock

from segaug.augment.artefact import Artefact, Content, unkept
from segaug.experiment.artefacts.store import ArtefactStore
from segaug.experiment.machine.stop import Stopped
from segaug.experiment.trial.learned import MOST_CHECKS, Learned

CONTENTS = {
    "momenta": Content({}, {"targets": 3}),
    "genda": Content({}, {"health": {"spread": 0.5}}),
    "generator_deformation": Content(
        {}, {"health": {"spread": 0.25}, "updates": 320, "chosen_update": 96, "cpu_seconds": 12.5}
    ),
}


def artefact(kind):
    return Artefact(kind, {"of": kind}, lambda previous, tell, keep: CONTENTS[kind])


def obtained(*kinds):
    learned = Learned(lambda artefact, tell: CONTENTS[artefact.kind])
    for kind in kinds:
        assert learned.obtain(artefact(kind)) is CONTENTS[kind]
    return learned


def test_it_remembers_what_knows_how_good_it_is():
    learned = obtained("momenta", "generator_deformation", "genda", "generator_deformation")
    assert learned.facts() == [
        {
            "artefact": artefact("generator_deformation").name,
            "kind": "generator_deformation",
            "updates": 320,
            "chosen_update": 96,
            "health": {"spread": 0.25},
        },
        {
            "artefact": artefact("genda").name,
            "kind": "genda",
            "updates": None,
            "chosen_update": None,
            "health": {"spread": 0.5},
        },
    ]


def test_its_cost_is_known_where_somebody_measured_it():
    assert obtained("generator_deformation", "genda").cpu_seconds == 12.5
    assert obtained("genda", "momenta").cpu_seconds is None
    assert obtained().facts() == []
    assert obtained("generator_deformation", "genda", "momenta").cpu_seconds_each == {"generator_deformation": 12.5}


def history_of(history):
    content = Content({}, {"health": {}, "history": history})
    learned = Learned(lambda artefact, tell: content)
    learned.obtain(artefact("genda"))
    (facts,) = learned.facts()
    return facts.get("history")


def test_a_history_of_columns_is_told_and_one_of_rows_is_left_where_it_is():
    assert history_of({"update": [16, 32], "dice": [0.5, None]}) == {"update": [16, 32], "dice": [0.5, None]}
    assert history_of([{"step": 16, "spread": 0.5}]) is None


def test_of_a_long_history_evenly_few_checks_are_told_and_the_last_one():
    updates = list(range(10, 10_001, 10))
    told = history_of({"update": updates, "dice": [update / 1e4 for update in updates]})
    assert MOST_CHECKS / 2 < len(told["update"]) <= MOST_CHECKS
    assert told["update"][-1] == 10_000
    assert len({later - before for before, later in zip(told["update"], told["update"][1:], strict=False)}) == 1
    assert told["dice"] == [update / 1e4 for update in told["update"]]


def test_a_history_without_a_check_stays_empty():
    assert history_of({"update": [], "dice": []}) == {"update": [], "dice": []}


def stops():
    raise Stopped("got SIGTERM")


def stopped_in(obtain):
    """Whether a trial that is stopped while it obtains something has left something that it need not do again."""
    learned = Learned(obtain, stops)
    with pytest.raises(Stopped) as stopped:
        learned.obtain(Artefact("genda", {}, lambda previous, tell, keep: keep(dict) or tell(1, 2, "training")))
    return stopped.value.kept


def test_a_trial_that_is_stopped_while_it_learns_has_lost_all_unless_something_was_kept():
    assert not stopped_in(lambda artefact, tell: artefact.make(None, tell, unkept))
    assert stopped_in(lambda artefact, tell: artefact.make(None, tell, lambda snapshot: snapshot()))


def test_one_that_is_stopped_while_it_waits_for_a_maker_has_lost_nothing(tmp_path):
    """It had no time of its own to fail of."""
    store = ArtefactStore(tmp_path)
    artefact = Artefact("genda", {}, lambda previous, tell, keep: Content({}, {}))
    (tmp_path / ".locks").mkdir()
    with FileLock(tmp_path / ".locks" / f"{artefact.name}.lock"):
        assert stopped_in(store.obtain)
