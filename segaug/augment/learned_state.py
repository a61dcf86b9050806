"""The state of what a strategy has prepared, as far as it may change while the network is trained."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from torch import Tensor, nn


def learned_state(prepared: object) -> dict[str, Tensor]:
    """The tensors of every module that may learn, by name; not copied, and empty where there is none.

    prepared: a module, or a dataclass that holds some, at any depth.
    """
    modules = _learning(prepared, "")
    return {prefix + name: value for prefix, module in modules for name, value in module.state_dict().items()}


def load_learned_state(prepared: object, state: dict[str, Tensor]) -> None:
    """Put those modules back, in place, to a state that `learned_state` gave."""
    for prefix, module in _learning(prepared, ""):
        module.load_state_dict({name: state[prefix + name] for name in module.state_dict()})


def _learning(value: object, prefix: str) -> Iterator[tuple[str, nn.Module]]:
    if isinstance(value, nn.Module):
        if not _frozen(value):
            yield prefix, value
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _learning(getattr(value, field.name), f"{prefix}{field.name}.")


def _frozen(module: nn.Module) -> bool:
    """Has it parameters, none of which can be trained?  Buffers alone may well be what a strategy updates."""
    parameters = list(module.parameters())
    return bool(parameters) and not any(one.requires_grad for one in parameters)
