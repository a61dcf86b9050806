"""Train one network on a subset, and keep what is to be judged."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from torch import nn

from segaug.augment.strategy import NOTHING, Allowed, Prepared, Strategy
from segaug.augment.trainer import PRECISION, train
from segaug.batch import NOT_OF_POOL, Batch
from segaug.patch import PatchCount
from segaug.training.batches import SubsetBatches
from segaug.training.criterion import Criterion
from segaug.training.protocol import Protocol, schedule
from segaug.training.segmentation import Segmentation
from segaug.training.selection import History, Selection
from segaug.training.stopwatch import Stopwatch
from segaug.training.weights import Weights, weights_of


@dataclass(frozen=True)
class Trained:
    """What training leaves behind; `best` equals `last` where the protocol uses no validation labels."""

    best: Weights
    last: Weights
    best_update: int
    updates: int
    epochs: int  # over the labelled images
    images: int  # rows trained on, those that the strategy made included
    made: int  # of these, rows that the strategy made
    used: int  # of these, rows that stood in a batch
    presentations: tuple[int, ...]  # rows of each source in all batches
    stopped: str  # "budget" | "patience" | "diverged"
    history: History
    patches: PatchCount | None  # those of all batches; None where whole images were shown


def fit(
    network: nn.Module,
    strategy: Strategy,
    prepared: Prepared,
    subset: Batch,
    validation: Batch | None,
    protocol: Protocol,
    seed: int,
    watch: Stopwatch,
    allowed: Allowed = NOTHING,
    safe_point: Callable[[], None] = lambda: None,
    *,
    labelled: int | None = None,
    validation_patients: Sequence[str] = (),
    sources: int = 1,
) -> Trained:
    """Train `network` in place, and what of `prepared` learns along, on a subset that lies on the network's device.

    validation chooses the best weights; allowed is what the strategy's own training step may use; safe_point is called
    between updates, and raises to end the training.  labelled: images that epochs are counted of, where the strategy
    has made the subset larger or smaller, so that every strategy gets the same updates.  validation_patients: whom the
    validation images show; they are asked for only where whole patients choose the best weights.  sources: how many
    there are, whether or not the subset has images of each.
    """
    plan = schedule(protocol, labelled or len(subset))
    criterion = Criterion(protocol.select, subset.label.shape[1], validation_patients, subset.ignored)
    module = Segmentation(network, strategy, prepared, protocol, plan, seed, watch, criterion, allowed)
    selection = Selection(validation, criterion)
    batches = SubsetBatches(
        subset,
        protocol.batch_size,
        plan.updates,
        seed,
        safe_point,
        protocol.sampling,
        protocol.window(subset.image.ndim - 2),
    )
    train(module, batches, subset.image.device, PRECISION[protocol.precision], [selection])
    last = weights_of(network, strategy, prepared)
    done = selection.history.update[-1]
    shown, made = batches.presentations(done), subset.index.cpu() == NOT_OF_POOL
    return Trained(
        best=selection.best_weights or last,
        last=last,
        best_update=selection.best_update or done,
        updates=done,
        epochs=selection.history.epoch[-1],
        images=len(subset),
        made=int(made.sum()),
        used=int(shown[made].count_nonzero()),
        presentations=tuple(int(shown[subset.source.cpu() == source].sum()) for source in range(sources)),
        stopped=selection.stopped,
        history=selection.history,
        patches=batches.patches(done),
    )
