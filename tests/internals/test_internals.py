"""Private parts of libraries: each that is reached for is there, and nothing else of segaug reaches so deep."""

import ast
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version

import pytest

from tests.house.here import HOUSE
from tests.house.rooms import layer_of

HYDRA, OMEGACONF, LIGHTNING = "hydra-core", "omegaconf", "pytorch-lightning"
FILES = {HYDRA: "hydra.py", OMEGACONF: "omegaconf.py", LIGHTNING: "lightning.py"}
# Of Python itself, by its documentation or for all versions that we take.
OF_PYTHON = {"_asdict", "_replace", "_fields", "_exit", "_SubParsersAction", "_actions", "_option_string_actions"}


@dataclass(frozen=True)
class Reach:
    """One name inside of a library.  parameters: those by which it is called, or overridden."""

    library: str
    place: str  # module:attribute, further attributes with a dot
    purpose: str
    parameters: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.place


_LOADER = "hydra._internal.config_loader_impl:ConfigLoaderImpl"
_NODE = "omegaconf:DictConfig"
REACHES = (
    Reach(HYDRA, "hydra._internal.hydra:ConfigLoaderImpl", "have every configuration composed as data"),
    Reach(HYDRA, f"{_LOADER}._parse_overrides_and_create_caching_repo", "count the files that are read",
          ("self", "config_name", "overrides")),
    Reach(HYDRA, f"{_LOADER}._compose_config_from_defaults_list", "look nothing up while files are merged",
          ("self", "defaults", "repo")),
    Reach(HYDRA, f"{_LOADER}._load_single_config", "look at what a user's file sets", ("self", "default", "repo")),
    Reach(HYDRA, "hydra._internal.config_repository:CachingConfigRepository.load_config", "count the files",
          ("self", "config_path")),
    Reach(HYDRA, "hydra._internal.config_repository:ConfigRepository", "find the files behind the choices of a sweep",
          ("self", "config_search_path")),
    Reach(HYDRA, "hydra._internal.config_repository:IConfigRepository", "its type"),
    Reach(HYDRA, "hydra._internal.config_search_path_impl:ConfigSearchPathImpl.append", "the same",
          ("self", "provider", "path")),
    Reach(HYDRA, "hydra._internal.core_plugins.basic_sweeper:BasicSweeper.split_arguments", "the jobs of a sweep",
          ("overrides", "max_batch_size")),
    Reach(HYDRA, "hydra._internal.core_plugins.file_config_source:FileConfigSource._normalize_file_name",
          "the file behind a choice", ("filename",)),
    Reach(HYDRA, "hydra._internal.core_plugins.importlib_resources_config_source:ImportlibResourcesConfigSource",
          "refuse packages that a user names", ("self", "provider", "path")),
    Reach(HYDRA, "hydra._internal.defaults_list:Overrides", "its type"),
    Reach(HYDRA, "hydra._internal.defaults_list:_create_interpolation_map", "make it only where it is looked into",
          ("overrides", "defaults_list", "self_added")),
    Reach(HYDRA, "hydra._internal.sources_registry:SourcesRegistry.instance", "read files through our reader"),
    Reach(HYDRA, "hydra._internal.utils:get_args_parser", "which options Hydra takes"),
    Reach(HYDRA, "hydra.core.plugins:Plugins.is_in_toplevel_plugins_module", "register plugins of segaug", ("clazz",)),
    Reach(OMEGACONF, f"{_NODE}._get_node", "see a value as it is written", ("self", "key")),
    Reach(OMEGACONF, f"{_NODE}._is_missing", "tell tables that have no value"),
    Reach(OMEGACONF, f"{_NODE}._is_none", "the same"),
    Reach(OMEGACONF, "omegaconf:Container._resolve_interpolation_from_parse_tree", "look nothing up while merging",
          ("self", "key", "throw_on_resolution_failure")),
    Reach(OMEGACONF, "omegaconf.base:ContainerMetadata.object_type", "tell tables by name from dataclasses"),
    Reach(OMEGACONF, "omegaconf.grammar_parser:parse", "read what a text looks up", ("value",)),
    Reach(OMEGACONF, "omegaconf.grammar.gen.OmegaConfGrammarLexer:OmegaConfGrammarLexer.ESC_INTER", "the same"),
    Reach(OMEGACONF, "omegaconf.grammar.gen.OmegaConfGrammarLexer:OmegaConfGrammarLexer.INTER_OPEN", "the same"),
    Reach(OMEGACONF, "omegaconf.grammar.gen.OmegaConfGrammarParser:OmegaConfGrammarParser.InterpolationNodeContext",
          "the same"),
    Reach(LIGHTNING,
          "pytorch_lightning.trainer.connectors.signal_connector:_SignalConnector.register_signal_handlers",
          "leave signals to the sweep", ("self",)),
)  # fmt: skip


def lack(reach: Reach) -> str:
    """What is wrong with a reach, and what to do about it; "" where nothing is."""
    module, _, names = reach.place.partition(":")
    advice = (
        f"segaug/internals/{FILES[reach.library]} needs it to {reach.purpose}: find out what took its place, mend that "
        f"file, or hold {reach.library} below {version(reach.library)} in pyproject.toml until then"
    )
    try:
        found = import_module(module)
        for name in names.split("."):
            known = getattr(found, "__dataclass_fields__", {})
            found = known[name] if name in known else getattr(found, name)
    except (ImportError, AttributeError) as error:
        return f"{reach.library} {version(reach.library)} has no {reach.place} ({error}); {advice}"
    if reach.parameters:
        takes = tuple(inspect.signature(found.__init__ if inspect.isclass(found) else found).parameters)
        if not set(reach.parameters) <= set(takes):
            return f"{reach.place} of {reach.library} {version(reach.library)} takes {', '.join(takes)}; {advice}"
    return ""


@pytest.mark.parametrize("reach", REACHES, ids=str)
def test_the_parts_that_are_reached_for_are_there(reach):
    assert not (problem := lack(reach)), problem


def test_a_part_that_is_gone_or_takes_other_words_is_named_with_advice():
    gone = Reach(HYDRA, "hydra._internal.utils:gone", "test this")
    assert "has no hydra._internal.utils:gone" in lack(gone)
    assert "segaug/internals/hydra.py needs it to test this" in lack(gone)
    assert "takes value, " in lack(Reach(OMEGACONF, "omegaconf.grammar_parser:parse", "test", ("other",)))


def reaches_of(tree: ast.AST, own: set[str]) -> Iterator[str]:
    """Private names of other packages in a file; own: names that segaug itself defines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and not node.module.startswith("segaug"):
            names = {*node.module.split("."), *(alias.name for alias in node.names)}
            yield from (name for name in names if private(name) or "grammar" in name)
        elif isinstance(node, ast.Import):
            yield from (name for alias in node.names for name in alias.name.split(".") if private(name))
        elif isinstance(node, ast.Attribute) and private(node.attr) and node.attr not in own:
            yield node.attr


def private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name not in OF_PYTHON


def defined() -> set[str]:
    """Every private name that a file of segaug gives to something of its own."""
    names: set[str] = set()
    for tree in HOUSE.trees.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                names.add(node.name)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.add(node.id)
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                names |= {node.attr} if getattr(node.value, "id", "") == "self" else set()
    return names


def test_nothing_else_reaches_into_a_library():
    own = defined()
    deep = {
        file: sorted(set(reaches_of(tree, own))) for file, tree in HOUSE.trees.items() if layer_of(file) != "internals"
    }
    assert not {file: names for file, names in deep.items() if names}


def test_reaches_are_seen():
    assert list(reaches_of(ast.parse("from hydra._internal.utils import f"), set())) == ["_internal"]
    assert list(reaches_of(ast.parse("node._metadata.kind; self._mine"), {"_mine"})) == ["_metadata"]
    assert list(reaches_of(ast.parse("from omegaconf.grammar_parser import parse"), set())) == ["grammar_parser"]
    assert not list(reaches_of(ast.parse("from segaug.cli.x import _y\nrow._asdict()"), set()))
