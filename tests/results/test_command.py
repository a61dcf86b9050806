"""A stored command is typed again as it was meant: by Hydra's grammar, in another folder, and to no shell as two."""

import shlex
from pathlib import Path

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from hypothesis import example, given
from hypothesis import strategies as st

from segaug.results.command import as_value, shown, writing_into

PATHS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12)


def read(word):
    override = OverridesParser.create().parse_override(word)
    assert not override.is_sweep_override()
    return override.value()


@given(PATHS | st.text("ab,=' \"\\{}[]():$~/.1e", min_size=1, max_size=8))
@example("results/a, b")
@example("1e3")
@example("null")
@example("choice(a,b)")
@example("it's\\")
@example("{a:b}")
@example(" a ")
def test_hydra_reads_the_path(path):
    value = read(f"output={as_value(path)}")
    assert getattr(value, "text", value) == path


def test_a_plain_path_stays_plain():
    assert as_value("../results/main-2.b") == "../results/main-2.b"


@pytest.mark.parametrize("word", ["output=a", "++output=a,b", "+output=a", "output='a b'"])
def test_no_other_folder_is_left(word):
    words = ["-m", word, "output_weights=3"]
    assert writing_into(words, Path("here, there")) == ["-m", "output_weights=3", "output='here, there'"]


@pytest.mark.parametrize("command", ["segaug train seed=1; touch x", "segaug `touch x` $(touch x) | sh"])
def test_what_is_shown_is_one_command(command):
    assert shown(command).startswith("segaug ")
    assert shlex.split(shown(command)) == shlex.split(command)
    assert all(word == shlex.quote(word) or f"'{word}'" in shown(command) for word in shlex.split(command))


@pytest.mark.parametrize("command", ["", "rm -rf x", "./segaug train", "'segaug train' x"])
def test_what_is_no_command_of_ours_is_not_shown(command):
    assert shown(command) is None
