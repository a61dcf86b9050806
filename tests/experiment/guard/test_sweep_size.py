"""A sweep over more trials than anybody runs is refused before anything is made of it."""

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser

from segaug.cli.main import main
from segaug.errors import ConfigError
from segaug.experiment.guard.sweep_size import MOST_DEEP, check_depth, check_number


def parsed(*words: str):
    return OverridesParser.create().parse_overrides(list(words))


ENDLESS = [
    "seed=range(100000000)",
    "seed=shuffle(range(100000000))",
    "augment.p=range(0,1,1e-18)",
    "augment.p=range(0,inf)",
    "seed=range(0,1000001)",
]


@pytest.mark.parametrize("word", ENDLESS)
def test_a_range_without_end_is_refused_by_its_key(word):
    with pytest.raises(ConfigError, match=rf"^{word.partition('=')[0]}: makes this a sweep over more than 1,000,000"):
        check_number(parsed("model=nnunet", word))


def test_so_is_a_product():
    with pytest.raises(ConfigError, match=r"^augment\.p: "):
        check_number(parsed("seed=range(3000)", "scale.size=range(1,300)", "augment.p=range(0,1,0.1)"))


def test_the_published_grid_and_fifty_of_it_are_taken():
    check_number(parsed("seed=range(20)", "dataset=a,b,c", "scale.size=range(1,9)", "augment.p=0.1,0.2", "name=x"))
    check_number(parsed("seed=range(1000)", "scale.size=range(1,1001)"))
    check_number(parsed("seed=range(5,1)"))


def test_brackets_within_each_other_are_bounded():
    check_depth("augment=" + "shuffle(" * MOST_DEEP + "a,b" + ")" * MOST_DEEP)
    check_depth("name=" + "red(p=1)," * 1000)
    with pytest.raises(ConfigError, match=r"^seed: has more than 20 brackets"):
        check_depth("seed=" + "shuffle(" * 500 + "1,2" + ")" * 500)


@pytest.mark.parametrize("swept", ["range(100000000)", "range(0,1,1e-18)", "shuffle(" * 500 + "1,2" + ")" * 500])
def test_no_file_keeps_plan_from_ending(tmp_path, capsys, swept):
    tmp_path.joinpath("mine.yaml").write_text(
        f"# @package _global_\nhydra: {{mode: MULTIRUN, sweeper: {{params: {{seed: '{swept}'}}}}}}\n"
    )
    assert main(["plan", "--config-dir", str(tmp_path), "+mine=mine", f"output={tmp_path}/out"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
