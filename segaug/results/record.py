"""The record of one trial: the only thing that analysis and report ever read.

A record is one JSON object. Everything outside "run" is reproduced bit for bit by the same trial on the same machine;
"run" holds what may differ (times, memory, host). Keys, for each trial (cell = task, model, strategy, size; and seed):

    schema        1
    id            content address: hash of the scientific config and of the data set's content
    status        "ok" | "diverged" (loss or metric became NaN or infinite: a result, not a crash)
    task, model, strategy, size, seed
    config        resolved scientific config (nested dict): dataset, model, augment, scale, protocol, seed
    dataset_hash, protocol_hash
    labels        {"training": N, "validation": V}    how many labelled images this trial has cost
    subset        {"ids": [...], "patients": int, "pool": int, "overlap": bool}   overlap: N > pool / 2
    sees          ["labelled subset", ...]     data that the strategy was allowed to see
    augmentation  {"displacement_rms_px", "displacement_p95_px", "min_jacobian", "folded_share"}   of the strategy's own
                  field before the baseline, over 64 draws on the subset, each applied whatever its p; p95: of the
                  lengths of all pixels; folded_share: of the cells of four pixels; null: no field, or not finite
    test          {"best": M, "last": M}  M = {"bce", "dice", "hd95", "bce_recalibrated"} means over test cases, or null
    cases         {"ids", "patients", "bce", "dice", "hd95", "bce_recalibrated"}  lists over the test cases, best
                  checkpoint; patients: whom each case shows (older records lack it: each case is then its own)
    hd95          {"unit": "mm" | "px", "both_empty": int, "one_empty": int}
    recalibration {"scale": float, "offset": float}   fitted on validation; scale > 1: under-confident
    reference     {"constant_bce", "constant_pool_bce", "atlas_bce", "atlas_dice"}  means on the test set: best
                  constant, the pool's foreground share as constant, the mean mask of the training subset
    foreground    {"pool": share, "test": share}
    history       {"update": [...], "epoch": [...], "training_loss": [...], "validation_bce": [...]}, null: not finite
    training      {"updates", "epochs", "batch_size", "parameters", "best_update", "stopped"}
                  stopped: "budget" | "patience" | "diverged"
    warnings      ["..."]
    run           {"seconds": {"data", "prepare", "augmentation", "network", "other", "total"}, "peak_memory_mib",
                   "device", "host", "finished", "versions": {...}}
                  prepare: learning or loading, and measuring `augmentation`; what a sweep learned ahead of its trials
                  is in none of them
    checksum      sha256 of the bytes before it; always the last key

A trial that raised leaves `failure.json` instead: see `results/failure.py`.
"""

SCHEMA = 1
