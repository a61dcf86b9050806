"""Tiny trials, as the tests of experiments have them, and a study of trials that nobody trains."""

import signal

import pytest

from segaug.cluster.schedulers import SCHEDULERS
from segaug.experiment.outside import compose
from segaug.results import left_out
from tests.cluster.paper_queue import PaperQueue
from tests.cluster.paper_study import PaperStudy
from tests.experiment.conftest import tiny
from tests.tiny import TINY

__all__ = ["tiny"]


@pytest.fixture(scope="session")
def composed():
    return compose(TINY)


@pytest.fixture
def paper(monkeypatch):
    """A queue of paper, as a scheduler that is known."""
    queue = PaperQueue()
    monkeypatch.setitem(SCHEDULERS, queue.name, queue)
    monkeypatch.setattr(left_out, "_warned", set())
    return queue


@pytest.fixture
def study(tmp_path, composed, paper):
    return PaperStudy(tmp_path / "study", composed, paper)


@pytest.fixture
def handlers():
    """Those of the signals that end a job, put back after the test."""
    before = {number: signal.getsignal(number) for number in (signal.SIGUSR2, signal.SIGTERM)}
    yield before
    for number, handler in before.items():
        signal.signal(number, handler)
