"""Artefacts are given out as soon as nothing that they need is missing, and never before."""

from random import Random

import pytest

from segaug.experiment.artefacts.make_one import Request
from segaug.experiment.artefacts.turns import Turns
from segaug.experiment.machine.workers import NOT_YET


def request(name, *needs):
    return Request(name, "kind", None, "hash", False, needs)


def requests_of(rng, count=30):
    """Any graph without circles, listed in any order; some need what nobody asked for."""
    names = [f"a{number}" for number in range(count)]
    listed = [
        request(name, *rng.sample([*names[:place], "there already"], min(rng.randrange(4), place)))
        for place, name in enumerate(names)
    ]
    rng.shuffle(listed)
    return listed


@pytest.mark.parametrize("seed", range(20))
def test_each_is_given_out_once_after_what_it_needs_and_no_worker_waits_for_nothing(seed):
    rng = Random(seed)
    requests = requests_of(rng)
    turns, running, made = Turns(requests), [], {"there already"}
    for turn in turns:
        if turn is not NOT_YET:
            assert {*turn.needs} <= made
            running.append(turns.given[-1])
            assert requests[running[-1]] is turn
        elif len(running) < 4:
            waiting = [each for place, each in enumerate(requests) if each.name not in made and place not in running]
            assert all({*each.needs} - made for each in waiting)
        if running and (turn is NOT_YET or len(running) == 4):
            place = running.pop(rng.randrange(len(running)))
            made.add(requests[place].name)
            turns.made(place)
    assert sorted(turns.given) == list(range(len(requests)))


def test_those_that_are_ready_come_in_the_order_of_the_list():
    turns = Turns([request("c", "b"), request("a"), request("b"), request("d")])
    order = []
    for turn in turns:
        order.append(turn.name)
        turns.made(turns.given[-1])
    assert order == ["a", "b", "c", "d"]


@pytest.mark.parametrize("seed", range(20))
def test_one_that_fails_takes_all_with_it_that_need_it_however_far_and_nothing_else(seed):
    rng = Random(seed)
    requests = requests_of(rng)
    doomed = {rng.choice(requests).name}
    first = next(iter(doomed))
    for _ in requests:
        doomed |= {each.name for each in requests if doomed.intersection(each.needs)}
    turns, made, fallen = Turns(requests), set(), []
    for turn in turns:
        if turn.name == first:
            fallen = turns.failed(first)
            continue
        made.add(turn.name)
        turns.made(turns.given[-1])
    assert sorted(requests[place].name for place in fallen) == sorted(doomed - {first})
    assert made == {each.name for each in requests} - doomed


def test_what_failed_before_takes_with_it_what_needs_it():
    turns = Turns([request("a", "gone"), request("b", "a"), request("c")])
    assert sorted(turns.failed("gone")) == [0, 1]
    assert [turn.name for turn in turns if turns.made(turns.given[-1]) is None] == ["c"]
