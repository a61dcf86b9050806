"""What of a study is done is counted once: results first, then attempts, then failures; the rest is missing."""

from collections import Counter

from segaug.results.states import STATES, count_by_cell, trial_states

FOUR = [{"id": name, "task": "lung", "model": "nnunet", "strategy": "red", "size": 4, "seed": 0} for name in "abcd"]


def test_a_result_outlasts_what_came_before_it():
    states = trial_states({"a": "ok", "b": "diverged"}, failed="abc", running="bc")
    assert states == {"a": "done", "b": "diverged", "c": "running"}
    assert trial_states({}, failed="d") == {"d": "failed"}


def test_every_planned_trial_is_in_one_state_of_its_cell():
    other = {**FOUR[3], "id": "e", "size": 8}
    counts = count_by_cell([*FOUR, other], trial_states({"a": "ok", "b": "ok"}, failed="c"))
    cell = ("lung", "nnunet", "red")
    assert counts == {(*cell, 4): Counter(done=2, failed=1, missing=1), (*cell, 8): Counter(missing=1)}
    assert set().union(*counts.values()) <= set(STATES)
