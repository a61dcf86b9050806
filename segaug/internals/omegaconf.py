"""What segaug takes of OmegaConf beyond its public interface: its nodes as they are, and the grammar of its texts."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import omegaconf.base
from omegaconf import Container, DictConfig, OmegaConf
from omegaconf.grammar.gen.OmegaConfGrammarLexer import OmegaConfGrammarLexer as Lexer
from omegaconf.grammar.gen.OmegaConfGrammarParser import OmegaConfGrammarParser as Grammar
from omegaconf.grammar_parser import parse

__all__ = ["Grammar", "Lexer", "inner_tables", "is_table_by_name", "parse", "parse_once", "resolving_by", "unresolved"]


def unresolved(config: DictConfig, key: str) -> Any:  # whatever YAML can hold
    """The value of a key as it is written, with its interpolations."""
    node = config._get_node(key)
    if OmegaConf.is_config(node):
        return OmegaConf.to_container(node, resolve=False)
    return getattr(node, "_value", lambda: None)()


def inner_tables(config: DictConfig) -> list[DictConfig]:
    """The nodes of tables that have a value, without looking anything up."""
    nodes = [config._get_node(key) for key in config]
    return [node for node in nodes if isinstance(node, DictConfig) and not node._is_missing() and not node._is_none()]


def is_table_by_name(node: DictConfig) -> bool:
    """Is it declared as a dictionary, and not by a dataclass?"""
    return node._metadata.object_type is dict


def parse_once() -> None:
    """Have OmegaConf parse each interpolation once: composing meets the same ones again, and only reads the trees."""
    if omegaconf.base.parse is parse:
        omegaconf.base.parse = lru_cache(maxsize=1024)(parse)


@contextmanager
def resolving_by(resolve: Callable[..., Any]) -> Iterator[None]:
    """Inside, OmegaConf asks this method of a container what an interpolation stands for, for all code."""
    before = Container._resolve_interpolation_from_parse_tree
    Container._resolve_interpolation_from_parse_tree = resolve  # type: ignore[method-assign]
    try:
        yield
    finally:
        Container._resolve_interpolation_from_parse_tree = before  # type: ignore[method-assign]
