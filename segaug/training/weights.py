"""What training has learned up to some update: weights of the network and of the strategy, always of the same one."""

from dataclasses import dataclass

from torch import Tensor, nn

from segaug.augment.strategy import Prepared, Strategy

_STRATEGY = "strategy/"  # no name of a network's weight has a slash


@dataclass(frozen=True)
class Weights:
    """Tensors by name, copied from a network and from what its strategy has prepared, on their device."""

    network: dict[str, Tensor]
    strategy: dict[str, Tensor]  # empty where the strategy learns nothing while the network does

    def load(self, network: nn.Module, strategy: Strategy, prepared: Prepared) -> None:
        """Put network and strategy back to where they were, in place."""
        network.load_state_dict(self.network)
        strategy.load(prepared, self.strategy)

    def named(self) -> dict[str, Tensor]:
        """All tensors by their names in a kept file: those of the network as they are, the strategy's with a prefix."""
        return self.network | {_STRATEGY + name: value for name, value in self.strategy.items()}


def weights_of(network: nn.Module, strategy: Strategy, prepared: Prepared) -> Weights:
    """A copy of all weights as they are now."""
    return Weights(_copied(network.state_dict()), _copied(strategy.state(prepared)))


def _copied(state: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in state.items()}
