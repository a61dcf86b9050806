"""What a study file sweeps over becomes the list of jobs."""

from types import SimpleNamespace

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser

from segaug.experiment.sweep.launcher import StudySweeper


def jobs_of(params, grids, *arguments):
    """The jobs that a study with these parameters hands to its launcher."""
    sweeper = StudySweeper(params, grids)
    sweeper.loader = None
    sweeper.launcher = SimpleNamespace(launch=lambda jobs, initial_job_idx: [tuple(job) for job in jobs])
    return sweeper.sweep(list(arguments))


def test_params_alone_are_one_product():
    assert set(jobs_of({"augment": "baseline,red", "seed": "range(2)"}, None)) == {
        (f"augment={name}", f"seed={seed}") for name in ("baseline", "red") for seed in range(2)
    }


def test_each_grid_is_joined_with_the_params():
    grids = [{"augment": "baseline"}, {"augment": "red,regda", "augment.p": "1,0.5"}]
    jobs = jobs_of({"seed": "range(3)"}, grids)
    assert len(jobs) == len(set(jobs)) == 3 * (1 + 4)
    assert not any("augment=baseline" in job and any(one.startswith("augment.p") for one in job) for job in jobs)


def test_the_command_line_wins_in_every_grid():
    jobs = jobs_of({"seed": "range(3)"}, [{"augment": "baseline"}, {"augment": "red"}], "seed=7")
    assert jobs == [("augment=baseline", "seed=7"), ("augment=red", "seed=7")]


@pytest.mark.parametrize("text", ["^(p[0-9]+)_", "/data/über uns", "a,b", "it's", "back\\slash^", "plain"])
def test_a_text_in_quotes_comes_through_a_sweep_as_it_is(text):
    quoted = text.replace("'", r"\'")
    (job,) = jobs_of({}, None, f"dataset.patient_pattern=choice('{quoted}')")
    (parsed,) = OverridesParser.create().parse_overrides(list(job))
    assert parsed.value() == text
