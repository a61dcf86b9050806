"""Whatever documents, config files and messages tell people to type survives a shell, and is read by its verb."""

import re
import shlex
from functools import cache

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import DictConfig, OmegaConf

from segaug.cli.choices import groups, installed_folders
from segaug.cli.main import build_parser
from segaug.cli.parser import refuse_unknown
from segaug.cli.plan import is_study
from segaug.cli.plan_study import JSON, PROBE
from segaug.cli.verbs import HYDRA_VERBS, VERBS
from segaug.errors import UserError
from segaug.experiment.config import schema
from segaug.internals.hydra import known_options
from tests.cli.documented import documented, words_of

TABLES = {"augment": schema.STRATEGIES, "model": schema.MODELS, "dataset": schema.DATASETS}
PLACEHOLDER = re.compile(r"[A-Z_]{2,}|1|[a-z]")  # NAME; what a message puts in; seeds_per_subset=k
OF_HYDRA = ("hydra", "tracker")
FOREIGN = {"brighten", "flat", "npy_pairs", "random_gain", "mine", "chase_two"}  # of plugins, newcomers and users


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """Each line with what `segaug` gets of it."""
    folder = tmp_path_factory.mktemp("typed")
    (folder / "shards/0").mkdir(parents=True)  # so that shards/[0-9]* is something
    told = documented()
    return list(zip(told, words_of([one.line for one in told], folder), strict=True))


def test_there_are_many_of_each_kind(read):
    places = [one.where.partition("/")[0] for one, _ in read]
    for place, least in (("README.md", 50), ("docs", 100), ("conf", 50), ("multirun_sweeps", 30), ("segaug", 50)):
        assert places.count(place) >= least, place


def test_each_is_read_by_a_shell(read):
    assert [f"{one.where}: {one.line}" for one, runs in read if not runs] == []


def test_each_is_read_by_its_verb(read):
    wrong = [f"{one.where}: {one.line}: {error}" for one, runs in read for run in runs for error in problems(run)]
    assert wrong == []


def problems(words: list[str]) -> list[str]:
    """What its verb, Hydra and the options that there are say against these words."""
    verb, *rest = words
    if verb not in VERBS:
        return [f"there is no verb {verb}"]
    try:
        if verb in HYDRA_VERBS or (verb == "plan" and is_study(rest)):
            more = (JSON, PROBE) if verb == "plan" else ()
            refuse_unknown(rest, [*known_options(), *more], verb)
            overrides = [word for word in rest if not word.startswith("-")]
        else:
            overrides = _parsed(verb, rest)
    except UserError as error:
        return [str(error)]
    return [text for word in overrides if (text := _of_override(word))]


def _parsed(verb: str, rest: list[str]) -> list[str]:
    """By the verb's own parser, of what is no mere mention of it; the overrides among the words."""
    if not rest or all(word.startswith("-") for word in rest) or "..." in rest:
        return []  # as in "`segaug compare` prints"
    if verb in ("data", "policy", "plan") and len(rest) == 1:
        return []
    args, more = _parser(verb).parse_known_args([verb, *rest])
    return [word for word in [*(getattr(args, "overrides", None) or ()), *more] if "=" in word]


@cache
def _of_override(word: str) -> str:
    """What is wrong with one, "" if nothing; `OPTION=VALUE` and what ends in dots stand for others."""
    if not re.match(r"[+~]{0,2}[\w./]+=", word) or "..." in word:
        return ""
    try:
        override = _overrides().parse_override(word)
    except Exception as error:
        return str(error).splitlines()[0]
    key, value = override.key_or_group, word.partition("=")[2]
    if (
        any(map(PLACEHOLDER.fullmatch, key.split(".")))
        or key.split(".")[0].split("/")[0] in OF_HYDRA
        or word.startswith("+")
    ):
        return ""
    known = _choices()
    if key in known:
        unknown = {one for one in value.split(",") if not PLACEHOLDER.fullmatch(one)} - {*known[key]} - FOREIGN
        return f"{key} has no {', '.join(sorted(unknown))}" if unknown and not re.search(r"[\[({']", value) else ""
    return "" if _is_option(key) else f"there is no option {key}"


_parser = cache(build_parser)
_overrides = cache(OverridesParser.create)


@cache
def _choices() -> dict[str, list[str]]:
    return groups(installed_folders())


@cache
def _is_option(key: str) -> bool:
    """Is it a field of the configuration, whichever choice of its group is taken?"""
    group, *path = key.split(".")
    if group in TABLES and path:
        return any(_has(schema.blank(kind), path) for kind in TABLES[group].values())
    return _has(schema.blank(schema.Config), [group, *path])


def _has(node: object, path: list[str]) -> bool:
    """Nodes of any content have whatever is asked for."""
    for name in path:
        if not isinstance(node, DictConfig) or OmegaConf.get_type(node) is dict:
            return True
        if name not in node:
            return False
        node = node._get_node(name)
        if isinstance(node, DictConfig) and node._is_none():
            return True
    return True


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("segaug train augment=red seed=range(5)", None),
        ("segaug train dataset.added=[busi]", None),
        ("segaug train dataset.patient_pattern=^([^_]+)_", None),
        ("segaug train 'dataset.patient_pattern=^([^_]+)_'", "mismatched input|token recognition|no viable|extraneous"),
        ("segaug trian seed=1", "there is no verb trian"),
        ("segaug train sed=1", "there is no option sed"),
        ("segaug train dataset.splt.column=x", "there is no option dataset.splt.column"),
        ("segaug train augment=rde", "augment has no rde"),
        ("segaug train --configdir x", "there is no option --configdir"),
        ("segaug fit x --metrik dice", "there is no option --metrik"),
    ],
)
def test_a_line_that_cannot_be_typed_is_found(line, said, tmp_path):
    (runs,) = words_of([line], tmp_path)
    if said is None:
        assert runs == []
        return
    (words,) = runs
    assert re.search(said, " ".join(problems(words)))


def test_nothing_is_expanded_but_what_the_same_lines_say(read):
    """Braces, variables and patterns outside of quotes: the words are those that stand there."""
    plain = [(one, runs) for one, runs in read if not set("$*|;&>(") & set(re.sub("'[^']*'|\"[^\"]*\"", "", one.line))]
    assert len(plain) > 300
    for one, runs in plain:
        assert runs[0] == shlex.split(re.sub(r"^(?:[A-Z]\w*=\S+ )+", "", one.line), comments=True)[1:], one
