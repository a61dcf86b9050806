"""No trial is begun that would not be done in time, unless it is the first."""

from segaug.cluster.allotment import SAFETY, Allotment, Entry


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def allotment(seconds, end, workers=1):
    clock = Clock()
    stop = []
    given = Allotment(end, workers, lambda: bool(stop), clock)
    return given, given.entries([Entry(None, str(number), one) for number, one in enumerate(seconds)]), clock, stop


def test_the_first_is_always_tried_the_others_only_if_they_fit():
    given, turn, clock, _ = allotment([100, 100, 10, 100], end=50)
    assert next(turn).seconds == 100
    clock.now = 5
    assert next(turn).seconds == 10
    clock.now = 40
    assert next(turn, None) is None
    assert [given.had_it_all(number) for number in (0, 1)] == [True, False]


def test_forecasts_are_corrected_by_what_trials_took():
    given, turn, clock, _ = allotment([10] * 5, end=100)
    clock.now = 40
    given.took(next(turn), 40)
    assert next(turn, None) is not None  # 1.3 x 40 s fit into 60 s
    clock.now = 60
    assert next(turn, None) is None


def test_nothing_is_given_after_a_signal():
    given, turn, _, stop = allotment([1, 1], end=100, workers=2)
    next(turn)
    stop.append(True)
    assert next(turn, None) is None
    assert len(given.waiting) == 1


def test_the_slowest_trial_so_far_corrects_the_forecasts():
    given, turn, clock, _ = allotment([10] * 5, end=100)
    given.took(next(turn), 40)
    given.took(next(turn), 5)
    clock.now = 60
    assert next(turn, None) is None, "1.3 x 40 s do not fit into 40 s, though the last one took 5 s"


def test_trials_that_are_quicker_than_foretold_let_more_fit():
    given, turn, clock, _ = allotment([100] * 3, end=100)
    given.took(next(turn), 20)
    clock.now = 70
    assert next(turn).seconds == 100, "1.3 x 20 s"
    clock.now = 80
    assert next(turn, None) is None


def test_each_worker_begins_with_a_trial_whatever_its_length():
    given, turn, _, _ = allotment([100] * 4, end=0, workers=3)
    assert [entry.content_hash for entry in turn] == ["0", "1", "2"]
    assert [given.had_it_all(number) for number in range(4)] == [True, True, True, False]
    assert [entry.content_hash for entry in given.waiting] == ["3"]


def test_a_trial_that_takes_just_the_time_left_fits():
    _, turn, clock, _ = allotment([1, 100], end=0, workers=1)
    next(turn)
    clock.now = -SAFETY * 100
    assert next(turn).seconds == 100
