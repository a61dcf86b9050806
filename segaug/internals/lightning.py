"""What segaug takes of Lightning beyond its public interface."""

from pytorch_lightning import Trainer


def leave_signals_alone(trainer: Trainer) -> None:
    """Keep a trainer from installing handlers of its own: it would end the process in the middle of the next step."""
    trainer._signal_connector.register_signal_handlers = lambda: None  # type: ignore
