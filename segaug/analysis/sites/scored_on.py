"""What a trial was scored on at a site, as far as its record tells: may two errors stand beside each other?"""

from dataclasses import dataclass, fields

from segaug.results.by_way import Record


@dataclass(frozen=True)
class ScoredOn:
    """Of one site; None: the record does not say."""

    structures: tuple[str, ...] | None
    channels: int | None
    size: tuple[int, ...] | None  # pixels along each axis
    ids: frozenset[str] | None  # of the images

    @classmethod
    def of_record(cls, record: Record, site: str) -> "ScoredOn":
        """As the record of a trial at this site tells it.

        A task of several sources calls an image `SITE/ID`, one of the site alone `ID`.
        """
        form, cases = record.get("form", {}), record["cases"]
        return cls(
            structures=tuple(form["structures"]) if "structures" in form else None,
            channels=form.get("channels"),
            size=tuple(form["size"]) if "size" in form else None,
            ids=frozenset(str(one).removeprefix(f"{site}/") for one in cases["ids"]) if cases else None,
        )

    def alike(self, other: "ScoredOn") -> bool:
        """Do the two agree in all that both records tell?"""
        pairs = [(getattr(self, one.name), getattr(other, one.name)) for one in fields(self)]
        return all(mine == theirs or mine is None or theirs is None for mine, theirs in pairs)
