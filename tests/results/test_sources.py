"""What tables and the mirror carry of the sources of a pooled task."""

from segaug.results.mirror.data_file import read_trials, rows_of, trials_file
from segaug.results.mirror.series import row
from segaug.results.pooled import sources_of
from segaug.results.trial_row import trial_row
from tests.results.test_record import ONE, SEVERAL


def test_a_row_has_what_each_source_gave():
    told = sources_of(trial_row(SEVERAL)["sources"])
    assert [share._asdict() for share in told] == [
        {"name": name, **{key: source[key] for key in ("role", "training", "presentations")}}
        for name, source in SEVERAL["sources"].items()
    ]
    assert sources_of(trial_row(ONE)["sources"]) == ()


def test_the_mirrored_rows_have_the_same():
    rows = rows_of(read_trials(trials_file([SEVERAL]).data, "test"))
    assert rows["sources"].tolist() == [trial_row(SEVERAL)["sources"]]


def test_a_run_shows_presentations_and_the_scores_of_added_sources():
    told = {key: value for key, value in row(SEVERAL, []).items() if key.startswith("sources/")}
    assert told == {
        "sources/here/training": 3, "sources/here/presentations": 12,
        "sources/there/training": 1, "sources/there/presentations": 4, "sources/there/dice": 0.25,
    }  # fmt: skip
    assert not any(key.startswith("sources/") for key in row(ONE, []))
