"""Does the law hold?"""

from collections.abc import Callable, Iterable

from markupsafe import Markup
from matplotlib.figure import Figure

from segaug.analysis.law.lack_of_fit import TESTABLE_SIZES
from segaug.findings.phrases import counted
from segaug.report.blocks.by_task import by_task
from segaug.report.blocks.section import Block, Folded, Heading, Legend, Panels, Section
from segaug.report.curves import captions
from segaug.report.laws.forms_table import forms_table
from segaug.report.laws.joint_region import joint_panel, joint_signs
from segaug.report.laws.law_checks import holdout_panel, noise_panel, residual_panel
from segaug.report.look import svg
from segaug.report.marks.marks import Tooltips
from segaug.report.marks.signs import key
from segaug.report.study.study import Study

_MOST_OPEN = 24  # panels of joint regions that are shown without being asked for


def section(study: Study) -> Section | None:
    """Residuals, hold-out, noise, joint regions and other forms; None where no curve has a law."""
    if not study.laws:
        return None
    blocks: list[Block] = [
        Legend(references=False),
        Heading("Residuals"),
        Panels(captions.residual_caption(study), _charts(study, residual_panel, "residuals")),
    ]
    if any(fit.holdout for _, fit in study.laws):
        figure, tooltips = holdout_panel(study)
        chart = Markup(svg.inline(figure, "holdout", "largest N, predicted against observed", tooltips))
        blocks += [Heading("Hold-out"), Panels(captions.holdout_caption(study), ((chart,),))]
    blocks += [
        Heading("Noise"),
        Panels(captions.noise_caption(study), _charts(study, noise_panel, "noise")),
        _joint(study),
        Folded("Other forms than the law", (forms_table(study),)),
    ]
    return Section("checks", "Does the law hold?", "Checks", tuple(blocks), finding=_finding(study))


def _finding(study: Study) -> str:
    """How well the laws fit, and what the smaller sizes predict."""
    tested = [fit for _, fit in study.laws if "law_not_testable" not in fit.flags]
    fitting = sum(not fit.default.lack_of_fit.doubtful for fit in tested)
    untested = f"The law cannot be tested with fewer than {TESTABLE_SIZES} sizes"
    said = f"The law fits {fitting} of {counted(len(tested), 'curve')}" if tested else untested
    checks = [fit.holdout for _, fit in study.laws if fit.holdout is not None]
    if not checks:
        return f"{said}; there are too few sizes to predict the largest one from."
    worst = 100 * max(abs(check.relative_error) for check in checks)
    failed = sum(not check.passed for check in checks)
    beyond = f", beyond chance for {failed} of {len(checks)}" if failed else ""
    return f"{said}; the largest N is predicted within {worst:.2g} %{beyond}."


def _charts(
    study: Study, panel: Callable[[Study, str, str], tuple[Figure, Tooltips]], name: str
) -> tuple[tuple[Markup, ...], ...]:
    """A panel for each task and model with a law."""

    def charts() -> Iterable[tuple[tuple[str, str], Markup]]:
        for index, group in enumerate(study.groups):
            if study.laws_of(*group):
                figure, tooltips = panel(study, *group)
                yield group, Markup(svg.inline(figure, f"{name}{index}", f"{name} of {', '.join(group)}", tooltips))

    return by_task(study, charts())


def _joint(study: Study) -> Block:
    rows: dict[tuple[str, str], list[Markup]] = {}
    for index, (curve, fit) in enumerate(study.laws):
        figure = joint_panel(study, curve, fit)
        chart = Markup(svg.inline(figure, f"joint{index}", f"b and floor share of {', '.join(curve.key)}"))
        rows.setdefault((curve.task, curve.model), []).append(chart)
    panels = Panels(captions.joint_caption(study), tuple(map(tuple, rows.values())), "by-curve")
    blocks = (key(joint_signs(), "joint"), panels)
    return Folded(f"Exponent and floor together ({len(study.laws)} curves)", blocks, len(study.laws) <= _MOST_OPEN)
