"""Sites that images were taken at, and which images are of those that a task is validated and tested on."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from segaug.data.task import Case, Split
from segaug.errors import ConfigError

KEY = "dataset.split.target"
_MOST_CHOICES = 12
Groups = list[list[int]]  # rows of images that stay together


@dataclass(frozen=True)
class SiteCount:
    """How many images of one site each part of the split has; parts without any are not named."""

    name: str  # "": not known
    target: bool
    images: dict[str, int]


def by_target(cases: Sequence[Case], groups: Groups, target: Sequence[str]) -> tuple[Groups, Groups]:
    """The groups of the target sites and those of the others, each in the order given.

    Raises ConfigError where a site is unknown, where images that must stay together are of both sides, and where there
    are no others.
    """
    _check(cases, target)
    sides: tuple[Groups, Groups] = ([], [])
    for rows in groups:
        inside = [row for row in rows if cases[row].site in target]
        outside = [row for row in rows if cases[row].site not in target]
        if inside and outside:
            raise _on_both(cases[inside[0]], cases[outside[0]])
        sides[not inside].append(rows)
    if not sides[1]:
        problem = f"names every site ({', '.join(target)}), which leaves nothing to train on"
        raise ConfigError(key=KEY, problem=problem, fix="leave out one of them")
    return sides


def site_counts(sites: Sequence[str], parts: Split, target: Sequence[str]) -> tuple[SiteCount, ...]:
    """The target sites, then the others, each by name; empty where no target is named.

    sites: of each row.
    """
    if not target:
        return ()
    counts: dict[str, dict[str, int]] = {}
    for part, rows in vars(parts).items():
        for site, images in Counter(sites[row] for row in rows).items():
            counts.setdefault(site, {})[part] = images
    ordered = sorted(counts, key=lambda site: (site not in target, site))
    return tuple(SiteCount(site, site in target, counts[site]) for site in ordered)


def _check(cases: Sequence[Case], target: Sequence[str]) -> None:
    counts = Counter(case.site for case in cases if case.site)
    if not counts:
        fix = (
            "set dataset.site to the column of the table that says where each image was taken, or leave the target out"
        )
        raise ConfigError(key=KEY, problem=f"names {', '.join(target)}, and no image has a site", fix=fix)
    for place, site in enumerate(target):
        if site not in counts:
            known = [f"{name} ({images})" for name, images in counts.most_common()]
            choices = ", ".join(known[:_MOST_CHOICES]) + (", ..." if len(known) > _MOST_CHOICES else "")
            raise ConfigError(key=KEY, problem=f"no image is of site {site!r}", fix=f"choose from (images): {choices}")
        if site in target[:place]:
            raise ConfigError(key=KEY, problem=f"names {site} twice", fix="name each site once")


def _on_both(inside: Case, outside: Case) -> ConfigError:
    """What to say where one patient, or near copies of one image, are at both kinds of site."""
    problem = (
        f"{inside.location} is of site {inside.site!r} and {outside.location} of {outside.site or 'no site'!r}, but "
        f"they stay together (patients {inside.patient} and {outside.patient}), and one would be tested on"
    )
    fix = f"name both sites in {KEY}, or leave out the images of one of them with dataset.where"
    return ConfigError(key=KEY, problem=problem, fix=fix)
