"""`segaug preview`: look at what a strategy does before training with it."""

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segaug.cli.composing import add_trial, composed
from segaug.errors import ConfigError, DataError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from segaug.batch import Batch
    from segaug.experiment.cards.each_kind import KindExample
    from segaug.results.bank_pictures import BankPictures

_CLASSES = {True: "around foreground", False: "around background"}  # of patches
_SUFFIXES = (".png", ".svg", ".pdf")


def add_arguments(parser: ArgumentParser) -> None:
    """Overrides as for `segaug train`, and how much to draw."""
    add_trial(parser, "NAME of a data set, and as for train: augment=red dataset.size=96 ...")
    parser.add_argument("--images", type=int, default=4, help="training images shown (default 4)")
    parser.add_argument("--versions", type=int, default=4, help="augmented versions of each (default 4)")
    parser.add_argument("--out", default="preview.png", help="file to write, .png, .svg or .pdf (default preview.png)")


def run(args: Namespace) -> int:
    """Draw originals and augmented versions with mask outlines and displacements; and what a generator has learned."""
    from segaug.experiment.machine.process import SINGLE_THREAD, keep_heap
    from segaug.terminal import console

    os.environ.update(SINGLE_THREAD)  # before numpy, as in `segaug train`: what is learned here is kept for trials
    keep_heap()
    from segaug.experiment.cards.each_kind import each_kind
    from segaug.experiment.cards.examples import augmented, banked, example_batch, learned, patched, prepare_examples
    from segaug.experiment.machine.devices import device_of
    from segaug.experiment.planned.fitting import check_fitting
    from segaug.experiment.planned.plan import load
    from segaug.report.pictures.preview import preview_figure

    out = _writable(Path(args.out))
    for name in ("images", "versions"):
        if getattr(args, name) < 1:
            raise ConfigError(key=f"--{name}", problem=f"got {getattr(args, name)}", fix="use 1 or more")
    trial = composed(args)
    check_fitting([trial])
    config, task = trial.config, load(trial)
    batch = example_batch(task, args.images, config.seed).to(device_of(config.device))
    prepared = prepare_examples(config, task, batch, console(stderr=True))
    shown = patched(config, batch)
    made = augmented(config.augment, prepared, shown, args.versions, config.seed)
    title = f"{trial.strategy} on {trial.task}"
    moves = bool(made.displacement_px.any())
    figure = preview_figure(
        made.original_image.numpy(),
        made.original_label.numpy(),
        made.image.numpy(),
        made.label.numpy(),
        made.displacement_px.numpy() if moves else None,
        made.jacobian.numpy() if moves and made.jacobian is not None else None,
        structures=task.form.structures,
        title=title + (f", patches of {config.protocol.patch} pixels" if shown.patch else ""),
        rows=[_CLASSES[one] for one in shown.patch.foreground.tolist()] if shown.patch else (),
    )
    _write(figure, out)
    _write_kinds(each_kind(config.augment, prepared, batch, config.seed), batch, out, title)
    _write_bank(banked(config, task, batch, prepared), task.form.structures, out, title)
    _write_learned(learned(config, task, batch), out, title)
    return 0


def _writable(out: Path) -> Path:
    """With its suffix; refused where it could not be written, before minutes of learning."""
    out = out if out.suffix else out.with_suffix(_SUFFIXES[0])
    if out.suffix.lower() not in _SUFFIXES or out.is_dir():
        raise ConfigError(key="--out", problem=f"got {out}", fix=f"end the name of a file in {', '.join(_SUFFIXES)}")
    if not out.parent.is_dir():
        raise ConfigError(key="--out", problem=f"there is no folder {out.parent}", fix="make it, or choose another one")
    return out


def _write_kinds(kinds: "Sequence[KindExample]", batch: "Batch", out: Path, title: str) -> None:
    """Each kind of change by itself, on the first image that shows something; nothing without kinds."""
    if not kinds:
        return
    from segaug.report.pictures.kinds import KindPictures, kinds_figure

    shows = batch.shown.flatten(1).any(dim=1)
    place = int(shows.int().argmax())
    pictures = [
        KindPictures(
            kind.name,
            *(tensor[place].cpu().numpy() for tensor in (
                kind.displacement_px, kind.deformed.image, kind.deformed.label, kind.result.image, kind.result.label
            )),
        )
        for kind in kinds
    ]  # fmt: skip
    image, label = (tensor[place].cpu().numpy() for tensor in (batch.image, batch.label))
    _write(kinds_figure(image, label, pictures, title), out.with_stem(f"{out.stem}_kinds"))


def _write_bank(bank: "BankPictures | None", structures: Sequence[str], out: Path, title: str) -> None:
    """Sources, their samples with scores, and what these are most like; nothing of a strategy that makes no images."""
    if bank is None:
        return
    from segaug.report.look.theme import footnote, themed
    from segaug.report.pictures.bank import bank_figure, bank_note

    with themed():
        figure = bank_figure(bank, structures, title)
        footnote(figure, bank_note(bank))
        _write(figure, out.with_stem(f"{out.stem}_bank"))


def _write_learned(learned: Iterable[tuple[str, Any]], out: Path, title: str) -> None:
    """Fields of generators beside real ones, and how generators were trained, as far as there are any."""
    from segaug.report.pictures.generated_fields import generated_fields_figure
    from segaug.report.pictures.joint_phase import Phase, joint_phase_figure

    phases = []
    for kind, content in learned:
        facts = content.facts
        if {"shown.image", "shown.real_px", "shown.made_px"} <= content.tensors.keys():
            image, real_px, made_px = (
                content.tensors[f"shown.{name}"].float().numpy() for name in ("image", "real_px", "made_px")
            )
            health = ", ".join(f"{name} {value:.2g}" for name, value in facts["health"].items() if value is not None)
            picture = generated_fields_figure(image, real_px, made_px, title=f"{title}: {health}")
            _write(picture, out.with_stem(f"{out.stem}_fields"))
        if "chosen_update" in facts:
            phases.append(Phase.of(kind, facts))
    if phases:
        _write(joint_phase_figure(phases, title), out.with_stem(f"{out.stem}_joint_phase"))


def _write(figure: "Figure", path: Path) -> None:
    try:
        figure.savefig(path, dpi=150)
    except (OSError, ValueError) as error:
        raise DataError(
            file=path, problem=f"cannot be written ({error})", fix="choose a .png in a folder of yours"
        ) from error
    print(path.resolve())
