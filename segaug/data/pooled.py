"""A base data set, and images of other ones that are added to its training."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from typing import Any

from segaug.data.pooled_overlaps import refuse_shared
from segaug.data.task import Dataset
from segaug.errors import ConfigError, UserError
from segaug.form import Form

BASE, ADDED, TARGET = "dataset.base", "dataset.added", "dataset.target"


class SourceError(UserError):
    """Something is wrong with one of the data sets that are pooled: its own error, and whose it is."""

    def __init__(self, *, key: str, source: str, error: UserError) -> None:
        super().__init__(f"{key}: {source}: {error} (its options are those of dataset={source})")


@dataclass(frozen=True, kw_only=True)
class Pooled:
    """Train on a subset of the base and on k images of each added source; validate and test on the base alone.

    With `target`, one of the added sources takes the base's place there: its own validation and test sets, by its own
    config, are the task's, and the base's validation set is not used.  That is `split.target` of one data set, where
    sites are data sets of their own.

    A source is a data set by the name of its own config, which holds its options, its split among them.  All sources
    have the same structures and size.
    """

    base: str = ""
    added: list[str] = field(default_factory=list)
    k: Any = 0  # images from each added source, or a list of one number for each.  Any: OmegaConf knows no such union
    target: str = ""  # the added source to validate and test on; "": the base
    colour: bool = False  # of every source, whatever its own config says; images that are stored grey are repeated
    allow_overlap: bool = False  # pool sets that show some of the same patients, by what their configs say
    sources: Mapping[str, Dataset] = field(default_factory=dict, metadata={"omegaconf_ignore": True})
    """The data sets behind the names, the base first; `with_sources` looks them up."""

    def __post_init__(self) -> None:
        example = f"{BASE}=wbc_tecom_cell '{ADDED}=[wbc_cellavision_cell]'"
        if not self.base:
            raise ConfigError(key=BASE, problem="is not set", fix=f"name data sets, e.g. {example}")
        if not self.added:
            fix = f"name data sets, e.g. {example}, or train on the base alone with dataset={self.base}"
            raise ConfigError(key=ADDED, problem="names no data set", fix=fix)
        for place, name in enumerate(self.added):
            if name == self.base or name in self.added[:place]:
                what = "the base" if name == self.base else "twice"
                raise ConfigError(key=ADDED, problem=f"names {name}, {what}", fix="name each source once")
        if self.target and self.target not in self.added:
            fix = f"choose from: {', '.join(self.added)}, or leave it out to validate and test on the base"
            raise ConfigError(key=TARGET, problem=f"{self.target} is no added source", fix=fix)
        object.__setattr__(self, "k", _counts(self.k, self.added))
        for name in self.added if self.sources else ():
            self._check_like_base(name)
        if not self.allow_overlap:
            refuse_shared(self.sources)

    def with_sources(self, sources: Mapping[str, Dataset]) -> "Pooled":
        """The same with its data sets, in the colour asked for; raises ConfigError where they do not agree."""
        coloured = {name: self._in_colour(name, sources[name]) for name in (self.base, *self.added)}
        return replace(self, sources=coloured)

    def name(self, base: str) -> str:
        """What its task is called, where the base's own task is called `base`: `base + 8 wbc_cellavision_cell`.

        With a target: `base + 0 wbc_cellavision_cell, tested on wbc_cellavision_cell`.
        """
        sources = " + ".join([base, *(f"{count} {name}" for count, name in zip(self.k, self.added, strict=True))])
        return f"{sources}, tested on {self.target}" if self.target else sources

    @property
    def tested(self) -> str:
        """The source whose validation and test sets are the task's."""
        return self.target or self.base

    def uses(self, name: str, part: str) -> bool:
        """Is this part of a source's own split used?  Of added sources those to train and test on."""
        if part == "validation":
            return name == self.tested
        return name == self.base or part != "external"

    @property
    def form(self) -> Form:
        """That of the base, with the names of the sources; pixels are ignored where any of them ignores some."""
        ignored = any(source.form.ignored for source in self.sources.values())
        return replace(self.sources[self.base].form, sources=tuple(self.sources), ignored=ignored)

    @property
    def size(self) -> int:
        """Side of the square image that the network sees [px]."""
        return self.sources[self.base].size

    @property
    def decoded_as(self) -> "Pooled":
        """What its decoded task depends on: not on how many of the images are used."""
        return replace(self, k=0)

    @contextmanager
    def of_source(self, name: str) -> Iterator[None]:
        """Say of an error that is raised in here whose it is."""
        try:
            yield
        except UserError as error:
            raise SourceError(key=BASE if name == self.base else ADDED, source=name, error=error) from error

    def _in_colour(self, name: str, source: Dataset) -> Dataset:
        if any(option.name == "colour" for option in fields(source)):  # type: ignore[arg-type]  # all are dataclasses
            return replace(source, colour=self.colour)  # type: ignore[type-var]
        if self.colour:
            problem = f"is true, but {name} has no images in colour"
            raise ConfigError(key="dataset.colour", problem=problem, fix="set dataset.colour=false")
        return source

    def _check_like_base(self, name: str) -> None:
        base, form = self.sources[self.base].form, self.sources[name].form
        fix = "choose sources of the same structures and size, or write a config of your own for one of them"
        if form.structures != base.structures:
            ours, theirs = ", ".join(base.structures), ", ".join(form.structures)
            raise ConfigError(key=ADDED, problem=f"{name} segments {theirs}, and {self.base} {ours}", fix=fix)
        if form.size != base.size:
            ours, theirs = (" x ".join(map(str, size)) for size in (base.size, form.size))
            raise ConfigError(key=ADDED, problem=f"{name} has {theirs} pixels, and {self.base} {ours}", fix=fix)


def _counts(k: Any, added: list[str]) -> list[int]:  # whatever a config file holds
    """One number for each added source."""
    counts = list(k) if isinstance(k, list | tuple) else [k] * len(added)
    fix = "use a number of images, 0 or more, or a list of one for each of dataset.added"
    if any(not isinstance(count, int) or isinstance(count, bool) or count < 0 for count in counts):
        raise ConfigError(key="dataset.k", problem=f"got {k}", fix=fix)
    if len(counts) != len(added):
        raise ConfigError(key="dataset.k", problem=f"has {len(counts)} numbers for {len(added)} sources", fix=fix)
    return counts
