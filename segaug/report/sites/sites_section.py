"""Other sites: how good the networks are on test sets of sites that they have never seen, and the fall from inside."""

from collections.abc import Iterator, Sequence
from functools import partial

from markupsafe import Markup

from segaug.analysis.sites.fall import Fall
from segaug.analysis.sites.scored import Scored
from segaug.errors import DataError
from segaug.findings.sites import CAUTIONS, notes
from segaug.report.blocks.section import Block, Folded, Heading, Items, Panels, Section, Text
from segaug.report.look import svg
from segaug.report.marks.signs import key
from segaug.report.sites.fall_table import fall_sentences, overall_table, sites_caption, size_table
from segaug.report.sites.panels import SitePanel, fallen, outside, panels
from segaug.report.sites.site_figure import site_panel, site_signs, sites_figure
from segaug.report.study.study import Study

_TITLE = "Other sites"


def section(study: Study) -> Section | None:
    """None where no trial was scored on a site that it has not seen; a sentence where nothing can be told of that."""
    if not any(record["sources"] for record in study.records):
        return None
    scored = Scored(study.snapshot)
    if not scored.outside_sites:
        return None
    try:
        found = fallen(study, scored)
    except DataError as error:
        return _section((Text(f"Nothing is told of other sites: {error}."),))
    if not found:
        return None
    groups = panels(study, scored, found)
    note = sites_caption(groups)
    figure = partial(sites_figure, groups, study.counted, note)
    blocks = tuple(_blocks(study, scored, found, groups, note))
    return Section("sites", _TITLE, _TITLE, blocks, {f"sites_{study.measured.stem}": figure})


def _section(blocks: tuple[Block, ...]) -> Section:
    return Section("sites", _TITLE, _TITLE, blocks)


def _blocks(
    study: Study, scored: Scored, found: Sequence[Sequence[Fall]], groups: Sequence[Sequence[SitePanel]], note: str
) -> Iterator[Block]:
    every = [fall for of_metric in found for fall in of_metric]
    yield Items(list(fall_sentences(found[0], models=len(study.models) > 1)))
    yield key(site_signs(groups), "sites")
    yield Panels(note, tuple(tuple(_charts(study, place, group)) for place, group in enumerate(groups)), "by-measure")
    yield overall_table(every, outside(scored, study.metric))
    yield Folded("Every N as a table", (size_table(every),))
    yield Heading("How to read it")
    yield Items([*(f"{words}." for words in notes(found[0])), *CAUTIONS])


def _charts(study: Study, place: int, group: Sequence[SitePanel]) -> Iterator[Markup]:
    for index, panel in enumerate(group):
        figure, tooltips = site_panel(panel, study.counted)
        label = f"{panel.metric} against N inside and outside, {panel.title}"
        yield Markup(svg.inline(figure, f"sites{place}-{index}", label, tooltips))
