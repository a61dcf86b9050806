"""What a sweep says of its trials while it runs."""

from pathlib import Path
from types import SimpleNamespace

from segaug.experiment.planned.progress import Progress, images_seen
from segaug.training.protocol import Protocol
from tests.synthetic import record

CALM = {"cases": 12, "shown": 10, "missed": 0, "astray": 0, "invented": 0, "flooded": 0}


def said(records: list[dict], capsys) -> list[str]:
    """Lines of a sweep of these trials."""
    config = SimpleNamespace(protocol=Protocol())
    todo = [
        SimpleNamespace(key=lambda one=one: one, size=one["size"], added=0, trial=SimpleNamespace(config=config))
        for one in records
    ]
    progress = Progress(SimpleNamespace(trials=todo, skipped=[], share="", absent=()), todo, many=False)
    for planned, one in zip(todo, records, strict=True):
        progress.finished(planned, one, None)
    progress.summary(Path("study"), [])
    return capsys.readouterr().out.splitlines()[1:]


def test_networks_that_say_nothing_are_told_at_once_and_counted(capsys):
    records = [record("lung", "net", "red", 4, seed) | {"masks": CALM} for seed in range(3)]
    records[0]["masks"] = CALM | {"missed": 10}
    first, second, third, _, summary = said(records, capsys)
    assert "; collapsed: an empty prediction in 10 of the 10 test images that show something; 1 done" in first
    assert "collapsed:" not in second + third
    assert "1 of them collapsed" in third
    assert summary.startswith("1 of 3 trials collapsed")


def test_training_that_was_not_done_is_told_at_once_and_counted(capsys):
    records = [record("lung", "net", "red", 4, seed) for seed in range(2)]
    falling = {"training_loss": [1 / (place + 1) for place in range(16)]}
    records[1]["history"] = records[1]["history"] | falling
    first, second, _, summary = said(records, capsys)
    assert "not trained out" not in first
    assert "; not trained out: the training loss fell by 25% in the last quarter of its updates; 2 done" in second
    assert summary.startswith("1 of 2 trials were not trained out")


def test_a_sweep_without_either_says_nothing(capsys):
    diverged = record("lung", "net", "red", 4, 1) | {"status": "diverged", "test": None, "cases": None}
    assert len(said([record("lung", "net", "red", 4, 0), diverged], capsys)) == 3


def test_a_patient_fills_a_batch_and_an_image_does_not():
    images, patients = (
        Protocol(unit="update", length=100, batch_size=8, count=count) for count in ("images", "patients")
    )
    assert images_seen(images, 16) - images_seen(images, 2) == 600
    assert images_seen(patients, 1) == images_seen(patients, 3) == images_seen(images, 8)
