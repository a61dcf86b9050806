"""Passages that are said twice: runs of equal logical lines in two files."""

import io
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

LINES = 6  # logical lines of a run at least: fewer are said twice by chance
_SILENT = {tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}


@dataclass(frozen=True, order=True)
class Passage:
    """A run that stands in two files."""

    file: str
    line: int
    other: str
    other_line: int
    length: int  # logical lines

    def __str__(self) -> str:
        return f"{self.file}:{self.line} and {self.other}:{self.other_line}, {self.length} lines"


def logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Statements with their line, as tokens: however they are broken and indented, without comments.

    Imports and lines of text alone (docstrings) are left out: two files that import the same say nothing twice.
    """
    tokens: list[str] = []
    first, silent = 0, True
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.NEWLINE:
            if not silent and tokens[0] not in ("import", "from"):
                yield first, " ".join(tokens)
            tokens, silent = [], True
        elif token.type not in _SILENT:
            first = first if tokens else token.start[0]
            silent = silent and token.type == tokenize.STRING
            tokens.append(token.string)


def passages(texts: Mapping[str, str], least: int = LINES) -> list[Passage]:
    """The longest runs of equal lines of each pair of files; texts: by the name of the file."""
    lines = {file: list(logical_lines(text)) for file, text in texts.items()}
    places: dict[tuple[str, ...], list[tuple[str, int]]] = {}
    for file, said in sorted(lines.items()):
        for start in range(len(said) - least + 1):
            places.setdefault(tuple(line for _, line in said[start : start + least]), []).append((file, start))
    equal = {
        (file, start, other, other_start)
        for together in places.values()
        for (file, start), (other, other_start) in combinations(together, 2)
        if file != other
    }
    found = []
    for file, start, other, other_start in equal:
        if (file, start - 1, other, other_start - 1) not in equal:
            steps = next(n for n in range(len(equal) + 1) if (file, start + n, other, other_start + n) not in equal)
            ends = lines[file][start][0], lines[other][other_start][0]
            found.append(Passage(file, ends[0], other, ends[1], steps + least - 1))
    return sorted(found)
