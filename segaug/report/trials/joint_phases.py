"""How generators did while they were trained together with a network, as records tell it."""

from collections.abc import Iterator

from segaug.report.pictures.joint_phase import Phase
from segaug.report.study.study import Study, Trial, collect

Place = tuple[str, str]  # task and model


def joint_phases(study: Study) -> Iterator[tuple[Place, str, Phase]]:
    """Of each strategy and N those of its first seed, each once though several strategies use it; with its title."""
    order = {name: index for index, name in enumerate(study.strategies)}
    cells = collect(study.trained, "task", "model", "strategy", "size")
    drawn: set[str] = set()
    for task, model, strategy, size in sorted(cells, key=lambda cell: (*cell[:2], order[cell[2]], cell[3])):
        for seed, item in _first(cells[task, model, strategy, size]):
            if item["artefact"] not in drawn:
                drawn.add(item["artefact"])
                where = f"{study.title(task, model)} · " if len(study.groups) > 1 else ""
                yield (task, model), f"{where}{strategy} · N = {size} · seed {seed}", Phase.of(item["kind"], item)


def _first(trials: list[Trial]) -> Iterator[tuple[int, dict]]:
    """Seed and what was learned, of the first trial that has a history of it."""
    for trial in sorted(trials, key=lambda trial: trial["seed"]):
        histories = [(item, item.get("history") or {}) for item in trial.get("learned") or ()]
        known = [item for item, history in histories if history.get("update") and "dice" in history]
        if known:
            yield from ((trial["seed"], item) for item in known)
            return


JOINT_CAPTION = (
    "Joint phases: validation Dice of the network beside the generator, size of what it generates, discriminator and "
    "gradients, of the first seed of each strategy and N.\nOne that several strategies use is shown once. Grey line: "
    "the update whose generator was kept. Dashed: a discriminator that guesses. Gradients: norms of what each term of "
    "the loss sends into the generator; where that of the segmentation is far below the adversarial one, the task "
    "hardly shaped it."
)
