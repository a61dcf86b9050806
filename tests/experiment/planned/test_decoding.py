from segaug.experiment.planned import decoding
from segaug.experiment.planned.decoding import Decoding


def told(capsys, *counts: tuple[int, int], each=int) -> list[str]:
    with Decoding("own") as tell:
        for done, total in counts:
            tell(each(done), total)
    printed = capsys.readouterr()
    assert printed.out == ""
    return printed.err.splitlines()


def test_a_log_says_how_far_it_has_come_and_what_was_there(capsys, monkeypatch):
    now = 0

    def passing(count: int) -> int:
        nonlocal now
        now += 12
        return count

    monkeypatch.setattr(decoding.time, "monotonic", lambda: now)
    assert told(capsys, *((done, 5000) for done in range(1000, 5001, 500)), each=passing) == [
        "decoding 5,000 images of own, 1,000 of which an earlier start has left",
        "decoding own: 2,500 of 5,000 images",
        "decoding own: 4,000 of 5,000 images",
        "decoded 5,000 images of own in 96 s; later starts find them decoded",
    ]


def test_nothing_is_said_where_nothing_is_decoded(capsys):
    assert told(capsys) == []


def test_each_source_of_a_pooled_set_begins_anew(capsys):
    lines = told(capsys, (0, 300), (300, 300), (0, 400), (400, 400))
    assert [line.split(" of")[0] for line in lines] == [
        "decoding 300 images", "decoded 300 images", "decoding 400 images", "decoded 400 images",
    ]  # fmt: skip


def test_a_terminal_has_a_bar_that_ends_with_an_error(capsys, monkeypatch):
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    try:
        with Decoding("own") as tell:
            tell(0, 300)
            tell(128, 300)
            bar = tell.bar
            assert bar.live.is_started
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        assert not bar.live.is_started
    assert "128/300" in capsys.readouterr().err
