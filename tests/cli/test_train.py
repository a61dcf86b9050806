"""`segaug train` as a user types it: what works, and what a mistake is answered with."""

import shutil
import subprocess
import sys

import pytest

from segaug.cli.hydra_app import settled_per_job
from segaug.cli.main import main
from segaug.results.store import Store
from tests.tiny import TINY, segaug_here

pytestmark = pytest.mark.usefixtures("tiny_cache")


@pytest.fixture
def refused(tmp_path, monkeypatch, capsys):
    """Run in this process; the one line that a mistake is answered with."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SEGAUG_DATA", raising=False)
    monkeypatch.setenv("SEGAUG_CACHE", str(tmp_path / "cache"))

    def run(*arguments: str) -> str:
        assert main(["train", *arguments]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith("segaug: error: ")
        return line

    return run


def test_a_multirun_runs_skips_extends_and_reports_failures(tmp_path):
    sweep = ["train", "-m", *TINY, "scale=n1,n512", "augment=baseline,red", "name=sweep"]
    first = segaug_here(*sweep, "seed=range(1)", cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    assert "2 trials: 0 done before, 2 to do" in first.stdout
    assert "skipped: phantom_thorax_lung(images=60,size=16) N = 512, its pool has" in first.stdout
    assert "2 trials done, 0 failed" in first.stdout
    again = segaug_here(*sweep, "seed=range(2)", cwd=tmp_path)
    assert "4 trials: 2 done before, 2 to do" in again.stdout
    store = Store(tmp_path / "results" / "sweep")
    assert len(store.records()) == 4
    assert len(store.plan()["trials"]) == 4
    other = segaug_here(*sweep, "protocol.length=5", cwd=tmp_path)
    assert other.returncode == 2
    assert "(protocol.length was 4 and is now 5)" in other.stderr
    assert segaug_here("status", "sweep", cwd=tmp_path).returncode == 0


def test_a_single_trial_above_the_pool_is_an_error(tmp_path, refused):
    assert "scale.size: 512 is more than the" in refused(*TINY, "scale.size=512")
    assert not list(tmp_path.rglob("trials"))


@pytest.mark.parametrize(
    ("mistake", "answer"),
    [
        (
            ["augment=rde"],
            "augment: there is no 'rde'; did you mean 'red'? choose from: adversarial, augpaint, augpaint_conditional",
        ),
        (
            ["augment.sped=1"],
            "augment.sped: there is no such option; choose from: control_points, labels, max_angle_deg",
        ),
        (["augmnt=red"], "augmnt: there is no such option; did you mean 'augment'?"),
        (["+augment.extra=1"], "extra: there is no such option"),
        (
            ["seed=^x"],
            """'^x' cannot be read; if it is one text, put quotes around it, and others for the shell: "seed='^x'""",
        ),
        (["seed=x"], "seed: Value 'x' of type 'str' could not be converted to Integer"),
        (["scale.size=0"], "scale.size: got 0; use at least 1"),
        (["scale=n1,n4"], "to run a trial for each value, add -m"),
        (["seed=range(3)"], "to run a trial for each value, add -m"),
        (["study=unheard"], "study: there is no 'unheard'; choose from: addition_nuclei"),
        (["-m", "augment=rde,red"], "did you mean 'red'?"),
        (["-m", "hydra.launcher.workers=0", "seed=0"], "hydra.launcher.workers: got 0"),
        (["dataset=folder"], "dataset.root"),
        (["dataset=folder", "dataset.root=nowhere"], "nowhere"),
        (["protocol.unit=week"], "protocol.unit in conf/protocol/: got 'week'; choose from epoch, update"),
    ],
)
def test_a_mistake_is_answered_in_one_line_before_anything_is_written(tmp_path, refused, mistake, answer):
    flags = [one for one in mistake if one.startswith("-")]
    rest = [one for one in mistake if not one.startswith("-")]
    assert answer in refused(*flags, *rest)
    assert not list(tmp_path.rglob("record.json"))
    assert not list(tmp_path.rglob("plan"))


def test_a_multirun_that_fails_says_so_in_its_exit_code(tmp_path):
    sweep = ["train", "-m", *TINY, "seed=range(2)", "name=broken"]
    assert segaug_here(*sweep, cwd=tmp_path).returncode == 0
    store = Store(tmp_path / "results" / "broken")
    folder = store.record_path(store.records()[0]["id"]).parent
    shutil.rmtree(folder)
    folder.write_text("a file where the trial's folder has to be")
    broken = segaug_here(*sweep, cwd=tmp_path)
    assert broken.returncode == 1
    assert "1 of 1 trials failed" in broken.stderr
    assert "FileExistsError" in broken.stdout


def test_cfg_prints_the_configuration(tmp_path):
    shown = segaug_here("train", *TINY, "--cfg", "job", cwd=tmp_path)
    assert shown.returncode == 0
    assert "feature_size: 2" in shown.stdout


def test_help_lists_every_choice_at_once(tmp_path):
    code = "import sys; from segaug.cli.main import main; main(['train', '--help']); print('torch' in sys.modules)"
    shown = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout
    assert "augment   adversarial, augpaint, augpaint_conditional, baseline, deep_supervision" in shown
    studies = (
        "addition_nuclei, addition_shift, addition_wbc, augpaint, exchangeability, five_systems, hippocampus_pilot, "
        "lr_sweep, open_grid, policy_heart, policy_shift, policy_transfer, quick, scaling_study, several_structures, "
        "sites, task_driven, task_driven_ablations"
    )
    assert f"study     {studies}, topology_aware" in shown
    assert shown.endswith("False\n")


def test_one_option_can_be_set_for_all_of_the_strategies_that_are_swept(tmp_path, refused):
    asked = ["-m", *TINY, "augment=regda,genda", "augment.external=-1"]
    assert "augment.external" in (line := refused(*asked))
    assert "there is no such option" not in line
    assert "augment.externl: there is no such option; did you mean 'external'?" in refused(
        *asked[:-1], "augment.externl=5"
    )


@pytest.mark.parametrize(
    ("typed", "settled"),
    [
        (["-m", "augment.external=5", "seed=1"], ["-m", "augment.external=choice(5)", "seed=1"]),
        (["-m", "augment.p=1,0.5", "+augment.p=1"], ["-m", "augment.p=1,0.5", "+augment.p=1"]),
        (["study=quick", "dataset.size=96"], ["study=quick", "dataset.size=choice(96)"]),
        (["augment.external=5"], ["augment.external=5"]),
        (["-m", "dataset.root='/a b'"], ["-m", "dataset.root=choice('/a b')"]),
        (["-m", "dataset.root='/é b'"], ["-m", "dataset.root=choice('/é b')"]),
    ],
)
def test_only_fixed_options_of_a_sweep_are_settled_per_job(typed, settled):
    assert settled_per_job(typed) == settled
