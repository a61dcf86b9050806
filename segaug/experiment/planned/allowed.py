"""The data that a strategy is handed: exactly what it declares to see, and nothing else."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial

import torch
from torch import Tensor, nn

from segaug.augment.artefact import Artefact, Content, Json
from segaug.augment.none import NoAugmentation
from segaug.augment.strategy import Allowed, PrepareContext, Sees, Strategy
from segaug.batch import Batch
from segaug.data.task import Task
from segaug.experiment.config.identity import science_of
from segaug.experiment.config.schema import Config
from segaug.experiment.machine.stop import SafePoint, nothing_to_stop
from segaug.experiment.planned.network import starting_network
from segaug.experiment.planned.parts import Parts
from segaug.models.network import build_with_seed
from segaug.rng import stream, stream_seed
from segaug.training.criterion import Criterion
from segaug.training.objective import objective_for
from segaug.training.stopwatch import Stopwatch

Device = torch.device | str


def seen_rows(strategy: Strategy, task: Task, rows: tuple[int, ...], validated: bool) -> dict[Sees, tuple[int, ...]]:
    """Rows of a task by what `strategy.sees` names; rows: of the labelled subset; validated: are there such labels?

    Of added sources there is nothing to see but what of them is among these rows.
    """
    chosen = set(rows)
    parts: dict[Sees, tuple[int, ...]] = {
        "labelled subset": rows,
        "external images": task.split.external,
        "unlabelled pool": tuple(row for row in task.pool_of(0) if row not in chosen),
        "validation labels": task.split.validation if validated else (),
    }
    return {part: strategy.taken(part, parts[part]) for part in strategy.sees}


class _Cut(Allowed):
    """Cut out of a task where somebody asks for it: to describe its artefacts a strategy needs the names at most.

    An image that nobody looks at must cost nothing: a study asks every trial what it needs.
    """

    _task: Task
    _seen: Mapping[Sees, Sequence[int]]
    _validation: Callable[[], Batch | None]
    _device: Device

    def __init__(
        self, task: Task, seen: Mapping[Sees, Sequence[int]], validation: Callable[[], Batch | None], device: Device
    ) -> None:
        vars(self).update(_task=task, _seen=seen, _validation=validation, _device=device)  # frozen

    @cached_property
    def external(self) -> Tensor | None:
        return self._images("external images")

    @cached_property
    def unlabelled(self) -> Tensor | None:
        return self._images("unlabelled pool")

    @cached_property
    def validation(self) -> Batch | None:
        seen = self._validation() if "validation labels" in self._seen else None
        return None if seen is None else seen.to(self._device)

    def to(self, device: Device) -> Allowed:
        """To be cut out for another device."""
        return _Cut(self._task, self._seen, self._validation, device)

    def _images(self, part: Sees) -> Tensor | None:
        return self._task.image[list(self._seen[part])].to(self._device) if part in self._seen else None


def allowed_data(strategy: Strategy, task: Task, rows: tuple[int, ...], validation: Batch | None) -> Allowed:
    """Cut what `strategy.sees` names out of a task; rows are those of the labelled subset."""
    return _Cut(task, seen_rows(strategy, task, rows, validation is not None), lambda: validation, "cpu")


def prepare_context(
    config: Config,
    task: Task,
    rows: tuple[int, ...],
    subset: Batch,
    data: Allowed,
    watch: Stopwatch,
    obtain: Callable[[Artefact], Content],
    safe_point: SafePoint = nothing_to_stop,
) -> PrepareContext:
    """What `prepare` of a trial's strategy gets.  rows: of the labelled subset."""
    seen = seen_rows(config.augment, task, rows, data.validation is not None)
    numbers = {patient: number for number, patient in enumerate(dict.fromkeys(task.patients))}
    patients = [task.patients[row] for row in task.split.validation]
    structures = len(task.form.structures)

    def build_model(rng: torch.Generator) -> nn.Module:
        network = build_with_seed(config.model, rng.initial_seed(), task.form.channels, task.form.logits)
        return network.to(subset.image.device)

    def train_segmentation(images: Batch, strategy: Strategy | None = None) -> nn.Module:
        from segaug.training.fit import fit  # Lightning is imported where somebody trains

        weights = stream_seed(config.seed, "prepare", "weights", len(subset))
        network = starting_network(config, task.form, images, weights).to(subset.image.device)
        own = stream_seed(config.seed, "prepare", "training")  # other batches and changes than those of the trial
        trained = fit(
            network, strategy or NoAugmentation(), None, images, data.validation, config.protocol, own, watch,
            safe_point=safe_point, validation_patients=patients,
        )  # fmt: skip
        trained.best.load(network, NoAugmentation(), None)
        return network

    return PrepareContext(
        subset=subset,
        allowed=data,
        decides=_decides(config, task, patients, added=bool(subset.source.any())),
        objective=objective_for(config.protocol.objective, task.form.ignored),
        build_model=build_model,
        train_segmentation=train_segmentation,
        rng=partial(stream, config.seed, "prepare"),
        obtain=obtain,
        names=lambda part: task.names_of(seen[part]),
        patients=lambda part: tuple(numbers[task.patients[row]] for row in seen[part]),
        patch=config.protocol.window(len(task.form.size)),
        validation_error=Criterion(config.protocol.select, structures, patients, task.form.ignored).on(data.validation),
        validation_dice_error=Criterion("dice_patient", structures, patients, task.form.ignored).on(data.validation),
    )


def _decides(config: Config, task: Task, patients: Sequence[str], *, added: bool) -> dict[str, Json]:
    """What decides a trial beside its strategy.  Options that came later, at what was done before, are left out.

    added: is it trained on images of other sources?  If not, what it learns is what it would on the base's own task.
    """
    protocol = science_of("protocol", config.protocol)
    number = {patient: place for place, patient in enumerate(dict.fromkeys(patients))}
    return {
        "task": [task.content_hash, config.dataset.k] if added else task.base_hash or task.content_hash,
        "model": science_of("model", config.model),
        "protocol": protocol,
        "objective": protocol.get("objective", {}),
        "size": config.scale.size,
        "seed": config.seed,
        "validation_patients": [number[patient] for patient in patients],
    }


def trial_context(
    config: Config,
    parts: Parts,
    task: Task,
    watch: Stopwatch,
    obtain: Callable[[Artefact], Content],
    safe_point: SafePoint = nothing_to_stop,
) -> PrepareContext:
    """The context of a trial, on the device of its parts."""
    seen = seen_rows(config.augment, task, parts.rows, bool(parts.validation_rows))
    data = _Cut(task, seen, lambda: parts.validation, parts.subset.image.device)
    return prepare_context(config, task, parts.rows, parts.subset, data, watch, obtain, safe_point)
