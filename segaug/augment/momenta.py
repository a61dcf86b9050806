"""The momenta of one image: what carries it to each of several others, registered once per pair and kept."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

import torch
from torch import Tensor

from segaug.augment.artefact import Artefact, Content, Keep, Tell, by_hash
from segaug.image_hash import image_hash
from segaug.registration.lddmm import Lddmm, Registered, register

VERSION = 2  # raise it when the registration of a pair changes
_PAIRS_AT_ONCE = 64  # larger batches are no faster on a CPU
_MEASURED = ("objective", "before", "after", "min_jacobian", "guard_factor")


def momenta_artefact(source: Tensor, targets: Tensor | Mapping[str, Tensor], lddmm: Lddmm) -> Artefact:
    """The artefact that holds the momenta from `source` to (at least) every one of `targets`.

    source: (1, H, W), grey.  targets: (E, 1, H, W), the same size, or these `by_hash`, which is worth it where many
    sources have the same; one that occurs twice is registered once.  The name
    depends on the source and the options alone: other targets extend what is stored, so each pair is registered once,
    whatever subset asks for it.  Rows are in the order of facts["targets"]; the other facts are lists in that order.
    """
    wanted = by_hash(targets) if isinstance(targets, Tensor) else targets

    def make(previous: Content | None, tell: Tell, keep: Keep) -> Content:
        held = set(previous.facts["targets"]) if previous else set()
        return _merged(previous, _registered(source, {h: t for h, t in wanted.items() if h not in held}, lddmm, tell))

    def complete(content: Content) -> bool:
        return wanted.keys() <= set(content.facts["targets"])

    key = {"version": VERSION, "source": image_hash(source), "lddmm": asdict(lddmm)}
    return Artefact(kind="momenta", key=key, make=make, complete=complete)


def momenta_of(content: Content, targets: Sequence[str]) -> Tensor:
    """Whitened momenta (E, 2, n, n) float32 to the targets of these hashes, in the order asked."""
    row = {target: i for i, target in enumerate(content.facts["targets"])}
    return content.tensors["momentum"][[row[target] for target in targets]].float()


def _registered(source: Tensor, targets: dict[str, Tensor], lddmm: Lddmm, tell: Tell) -> Content:
    """Register `source` to each target, in batches; a pair's result does not depend on its batch."""
    parts: list[Registered] = []
    images = list(targets.values())
    for start in range(0, len(images), _PAIRS_AT_ONCE):
        tell(start, len(images), "registering")
        fixed = torch.stack(images[start : start + _PAIRS_AT_ONCE])
        parts.append(register(source.expand_as(fixed), fixed, lddmm))
    tell(len(images), len(images), "registering")
    facts = {name: torch.cat([getattr(part, name) for part in parts]).tolist() for name in _MEASURED}
    momentum = torch.cat([part.momentum for part in parts]).half().cpu()
    return Content({"momentum": momentum}, {"targets": list(targets), **facts})


def _merged(previous: Content | None, new: Content) -> Content:
    """Both together, rows sorted by hash: so the same pairs make the same file, whoever asked for them first."""
    parts = [part for part in (previous, new) if part]
    targets = [target for part in parts for target in part.facts["targets"]]
    order = sorted(range(len(targets)), key=targets.__getitem__)
    facts = {name: [value for part in parts for value in part.facts[name]] for name in ("targets", *_MEASURED)}
    momentum = torch.cat([part.tensors["momentum"] for part in parts])
    return Content({"momentum": momentum[order]}, {name: [values[i] for i in order] for name, values in facts.items()})
