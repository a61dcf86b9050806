"""Many trials: on this machine, beside other commands, and as Hydra's multirun."""
