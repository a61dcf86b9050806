"""`segaug fit --site` and `segaug compare --site`."""

import pandas as pd
import pytest

from segaug.cli.main import main
from tests.sites_study import SITES, SIZES, records, trial, write
from tests.synthetic import write_study

FEWER = ("--resamples", 100)
ONE_WAY = [one for one in records(sizes=SIZES[:3], seeds=3) if one["task"].startswith(SITES[0])]


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return write(tmp_path_factory.mktemp("made") / "sites", ONE_WAY)


def shown(capsys, *arguments):
    assert main([*map(str, arguments)]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("verb", ["fit", "compare"])
def test_the_bases_own_site_gives_what_no_site_gives(study, capsys, verb):
    fewer = FEWER if verb == "fit" else ()
    without, of_base = (shown(capsys, verb, study, *fewer, *site) for site in ((), ("--site", SITES[0])))
    of_base = of_base.replace(f"tested on {SITES[0]}\n", "")
    assert of_base.replace(f"{study}/{verb}/{SITES[0]}", f"{study}/{verb}") == without
    files = sorted(path for path in (study / verb).iterdir() if path.is_file())
    assert files
    for path in files:
        assert (study / verb / SITES[0] / path.name).read_bytes() == path.read_bytes()


def test_curves_of_the_other_site_are_of_its_scores_and_the_fall_is_told(study, capsys):
    out = shown(capsys, "fit", study, "--site", SITES[1], "--metric", "dice", *FEWER)
    assert max(len(line) for line in out.splitlines() if not line.startswith("wrote")) <= 80
    told = " ".join(out.split())
    assert "tecom + 0 cella, at cella" in told
    assert "From tecom to cella" in told
    assert "fall of red over that of baseline" in told
    curves = pd.read_csv(study / "fit" / SITES[1] / "curves.csv")
    rows = pd.read_csv(study / "fit" / SITES[1] / "falls.csv")
    for strategy, size in (("baseline", 4), ("red", 16)):
        scores = [one["sources"]["cella"]["test"]["best"]["dice"] for one in ONE_WAY
                  if (one["strategy"], one["size"]) == (strategy, size)]  # fmt: skip
        expected = pytest.approx(1 - sum(scores) / len(scores))
        of_curve = curves[(curves["strategy"] == strategy) & (curves["size"] == size)]
        of_fall = rows[(rows["strategy"] == strategy) & (rows["size"] == size)]
        assert of_curve["mean"].item() == expected
        assert of_fall["outside_error"].item() == expected


def test_strategies_are_compared_outside(study, capsys):
    told = " ".join(shown(capsys, "compare", study, "--site", SITES[1]).split())
    assert "at cella" in told
    assert "fall of red over that of baseline" in told


@pytest.mark.parametrize("verb", ["fit", "compare"])
@pytest.mark.parametrize("site", ["mars", ""])
def test_an_unknown_site_is_one_sentence_with_those_that_there_are(study, capsys, verb, site):
    """An empty one, as of a variable that is not set, is no wish for none."""
    assert main([verb, str(study), "--site", site]) != 0
    assert f"--site: no trial was scored on {site!r}; choose from: cella, tecom" in capsys.readouterr().err


def test_a_study_of_one_source_has_its_own_site(tmp_path, capsys):
    store = write_study(tmp_path / "one", sizes=(4, 8), seeds=2)
    assert "tested on phantom_thorax" in shown(capsys, "fit", store.folder, "--site", "phantom_thorax")


def test_added_images_of_the_site_are_a_curve_and_no_fall(tmp_path, capsys):
    made = [trial("tecom", "cella", "baseline", 8, seed, factor=2.0, added=4) for seed in range(2)]
    told = shown(capsys, "fit", write(tmp_path / "added", made), "--site", "cella")
    assert "tecom + 4 cella, at cella" in told
    assert "From tecom to cella" not in told


def test_what_the_site_has_not_measured_is_refused_before_anything_is_written(tmp_path, capsys):
    study = write(tmp_path / "sites", ONE_WAY)
    assert main(["fit", str(study), "--site", "cella", "--metric", "validation_bce"]) != 0
    said = capsys.readouterr()
    assert "tested on" not in said.out
    assert not (study / "fit").exists()


def test_falls_of_an_earlier_run_do_not_stay(tmp_path, capsys):
    made = [trial("tecom", "cella", "baseline", 8, seed, factor=2.0, added=4) for seed in range(2)]
    study = write(tmp_path / "added", made)
    stale = study / "fit" / "cella" / "falls.csv"
    stale.parent.mkdir(parents=True)
    stale.write_text("old")
    shown(capsys, "fit", study, "--site", "cella")
    assert not stale.exists()


def test_a_table_has_no_sites(tmp_path, capsys):
    table = tmp_path / "errors.csv"
    table.write_text("N,error\n1,0.5\n2,0.4\n4,0.3\n")
    for verb in ("fit", "compare"):
        assert main([verb, str(table), "--site", "cella"]) != 0
        assert "--site: does not go with a table" in capsys.readouterr().err
