"""What a text of the configuration looks up, `${name}` or `${oc.env:NAME}`, read by OmegaConf's own grammar.

The few forms that look up an option or a text are taken; everything else, above all what builds structure from text
(`oc.create`, `oc.decode`, `oc.dict.*`, a resolver whose name is itself looked up), is refused by not being among them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from omegaconf.errors import GrammarParseError

from segaug.internals.omegaconf import Grammar, Lexer, parse

RESOLVERS = ("oc.env", "now")  # what they give is always a text
MARK = "${"  # without it OmegaConf looks up nothing
MAX_TEXT, MAX_TEXTS = 2_000, 20_000  # characters that hold interpolations: of one text, of a file; parsing them is slow
MAX_NESTED = 5  # interpolations within each other
_MOST_OF_TIME = 256  # strftime gives up where each character of its pattern becomes more than this
FIX = "write the value, or look one up as ${option} or ${oc.env:NAME,default}"


class RefusedTextError(Exception):
    """A text looks up what a configuration may not; the message says what, and wants its key and file."""


@dataclass(frozen=True)
class LookedUp:
    """What a text asks for."""

    length: int  # characters at most, without those that options and variables stand for
    options: tuple[str, ...]  # keys, as "augment.p" or "..p"
    variables: int  # how many of the environment


@lru_cache(maxsize=4096)  # a sweep composes the same texts for each combination
def looked_up(text: str) -> LookedUp:
    """Everything that a text asks for; raises RefusedTextError."""
    if len(text) > MAX_TEXT:
        raise RefusedTextError(f"is longer than {MAX_TEXT:,} characters, and looks something up")
    try:
        asked = list(_asked(parse(text)))
    except (GrammarParseError, RecursionError):
        raise RefusedTextError(f"is no interpolation that can be read ({text[:60]!r})") from None
    resolvers = [name for kind, name in asked if kind == "resolver"]
    return LookedUp(
        length=len(text) * (_MOST_OF_TIME if "now" in resolvers else 1),
        options=tuple(name for kind, name in asked if kind == "option"),
        variables=resolvers.count("oc.env"),
    )


def _asked(node: Any, nested: int = 0) -> Iterator[tuple[str, str]]:
    """("option", key) or ("resolver", name) of each interpolation, inner ones included; node: of a tree of ANTLR."""
    if nested > MAX_NESTED:
        raise RefusedTextError(f"has more than {MAX_NESTED} interpolations within each other")
    if _token(node) == Lexer.ESC_INTER:
        raise RefusedTextError("has an escaped interpolation, which would be looked up where it is read again")
    if isinstance(node, Grammar.InterpolationNodeContext):
        if any(key.interpolation() for key in node.configKey()):
            raise RefusedTextError(f"looks up the name of the option that it looks up ({node.getText()[:60]!r})")
        around = (Lexer.INTER_OPEN, Lexer.INTER_CLOSE)
        yield "option", "".join(leaf.getText() for leaf in node.getChildren() if _token(leaf) not in around)
    elif isinstance(node, Grammar.InterpolationResolverContext):
        name = node.resolverName()
        if name.interpolation():
            raise RefusedTextError(f"looks up the name of a resolver ({node.getText()[:60]!r})")
        if name.getText() not in RESOLVERS:
            raise RefusedTextError(
                f"uses the resolver {name.getText()!r}, and only {' and '.join(RESOLVERS)} are known"
            )
        yield "resolver", name.getText()
        if node.sequence() is not None:
            yield from _asked(node.sequence(), nested + 1)
    elif _token(node) is None:
        for inner in node.getChildren():
            yield from _asked(inner, nested)


def _token(leaf: Any) -> int | None:
    """The kind of token that a leaf of the tree is; None where the tree goes on."""
    return leaf.symbol.type if hasattr(leaf, "symbol") else None
