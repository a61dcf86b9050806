"""As many workers as memory holds, unless the user says how many; and a line wherever that matters."""

import pytest

from segaug.experiment.planned import memory
from segaug.experiment.planned.memory import FIXED_MIB, KIB_PER_PIXEL, most_mib, peak_mib, team_for
from segaug.experiment.planned.plan import Planned

FULL = "model.feature_size=32"  # the default, which tiny trials are not of


@pytest.fixture
def machine(monkeypatch):
    """Four cores, and this much memory."""
    monkeypatch.setattr(memory, "default_workers", lambda device: 4)
    return lambda mib: monkeypatch.setattr(memory, "available_mib", lambda: mib)


def activations(trial, size=64):
    return peak_mib(trial, size) - FIXED_MIB


def test_activations_grow_with_pixels_and_the_batch(tiny):
    base = activations(tiny(FULL, "dataset.size=32", "protocol.batch_size=8"))
    assert base == KIB_PER_PIXEL["nnunet"] * 8 * 32**2 / 1024
    assert activations(tiny(FULL, "dataset.size=64", "protocol.batch_size=8")) == 4 * base
    assert activations(tiny(FULL, "dataset.size=64", "protocol.batch_size=8", "protocol.patch=32")) == base
    assert activations(tiny(FULL, "dataset.size=32", "protocol.batch_size=4")) == base / 2


def test_a_subset_smaller_than_a_batch_is_one_batch_but_a_patient_fills_it(tiny):
    images, patients = (tiny("protocol.batch_size=8", f"protocol.count={count}") for count in ("images", "patients"))
    assert activations(images, 2) == activations(images, 8) / 4
    assert activations(patients, 2) == activations(images, 8)


def test_wider_networks_hold_more(tiny):
    assert activations(tiny("model.feature_size=64")) == 2 * activations(tiny("model.feature_size=32"))


def test_the_largest_trial_decides(tiny):
    small, large = (Planned(tiny("protocol.batch_size=8").at(size=size, seed=0), "id") for size in (1, 8))
    assert most_mib([small, large, small]) == peak_mib(large.trial, 8)
    assert most_mib([]) == 0


def test_fewer_workers_where_memory_is_short(tiny, machine):
    planned = Planned(tiny().at(size=8, seed=0), "id")
    each = most_mib([planned])
    machine(4 * each)
    assert team_for([planned], None, "cpu") == memory.Team(4)
    machine(2.5 * each)
    team = team_for([planned], None, "cpu")
    assert team.workers == 2
    assert team.told.startswith("2 of 4 workers: ")
    machine(0.5 * each)
    assert team_for([planned], None, "cpu").workers == 1, "one is always tried"


def test_a_number_of_workers_that_the_user_chose_is_only_warned_about(tiny, machine):
    planned = Planned(tiny().at(size=8, seed=0), "id")
    machine(2.5 * most_mib([planned]))
    team = team_for([planned], 3, "cpu")
    assert team.workers == 3
    assert team.told.startswith("memory may run out with 3 workers: ")
    assert team_for([planned], 2, "cpu").told is None


def test_where_the_system_does_not_tell_cores_decide(tiny, machine):
    machine(None)
    assert team_for([Planned(tiny().at(size=8, seed=0), "id")], None, "cpu") == memory.Team(4)


def test_a_network_that_nobody_measured_is_taken_for_the_greediest():
    assert memory.kib_per_pixel("of_a_plugin") == max(KIB_PER_PIXEL.values())
    assert memory.kib_per_pixel("nnunet") < memory.kib_per_pixel("of_a_plugin")
