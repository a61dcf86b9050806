"""Files that lie beside a record where they were asked for, in no table and no mirror; written before the record."""

WEIGHTS = "weights.safetensors"  # the best ones, config.weights
PREDICTIONS = "predictions.safetensors"  # on the test set, protocol.diagnostics: see `predictions`
BESIDE = (WEIGHTS, PREDICTIONS)
