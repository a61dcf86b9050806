"""Shards share out trials by their ids alone: each trial is in one of them, whatever else there is."""

import pytest

from segaug.errors import ConfigError
from segaug.experiment.config.identity import digest
from segaug.results.shard import Shard, parse_shard, with_shard

IDS = [digest(number) for number in range(4000)]


@pytest.mark.parametrize("of", [1, 2, 3, 8, 16])
def test_each_trial_is_in_one_shard_and_shards_are_of_like_size(of):
    held = [{one for one in IDS if Shard(number, of).holds(one)} for number in range(1, of + 1)]
    assert sum(map(len, held)) == len(set().union(*held)) == len(IDS)
    expected = len(IDS) / of
    assert all(abs(len(one) - expected) <= 4.5 * expected**0.5 for one in held)  # 4.5 standard deviations


def test_a_share_does_not_depend_on_python_or_the_machine():
    assert [next(i for i in range(1, 9) if Shard(i, 8).holds(one)) for one in ("a", "b", "c", "0123456789abcdef")] == [
        3, 3, 3, 1,  # of sha256, by hand
    ]  # fmt: skip


def test_it_is_written_as_it_is_read():
    assert str(parse_shard("2/4")) == "2/4"
    assert parse_shard("02/04") == Shard(2, 4)


@pytest.mark.parametrize(
    "text", ["", "1", "0/4", "5/4", "1/0", "0/0", "a/b", "1/4/2", "-1/4", "1/-4", "1.0/4", " 1/4", "1/4\n", "١/٤",
             "1/99999999999999999999", "/4", "1/", "auto"],
)  # fmt: skip
def test_what_is_no_shard_is_refused_in_one_sentence(text):
    with pytest.raises(ConfigError, match=r"^shard: ") as refused:
        parse_shard(text)
    assert len(str(refused.value).splitlines()) == 1


def test_commands_are_turned_into_those_of_a_share_and_back():
    whole = "segaug train -m augment=baseline,red 'seed=range(3)' name=a"
    shared = with_shard(whole, Shard(2, 4))
    assert shared == f"{whole} shard=2/4"
    assert with_shard(shared, Shard(3, 4)) == f"{whole} shard=3/4"
    assert with_shard("segaug train -m shard=auto/4 augment=baseline,red 'seed=range(3)' name=a", None) == whole
