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
    form          {"channels", "structures": [names], "size": [H, W], "sources": [names]}   what the task's tensors look
                  like, see `segaug/form.py` (older records lack it: one grey structure)
    sees          ["labelled subset", ...]     data that the strategy was allowed to see
    augmentation  {"displacement_rms_px", "displacement_p95_px", "min_jacobian", "folded_share"}   of the strategy's own
                  field before the baseline, over 64 draws on the subset, each applied whatever its p; p95: of the
                  lengths of all pixels; folded_share: of the cells of four pixels; null: no field, or not finite
    test          {"best": M, "last": M}  M = {measure: mean over test cases or patients, or null}; a measure is a key
                  of `segaug/measures.py`, of several structures also one of each ("dice/rv"); one that is not there,
                  or null, was not measured
    cases         {"ids", "patients", measure: [...]}  lists over the test cases, best checkpoint, of the measures that
                  have one value an image; patients: whom each case shows (older records lack it: each case is its own)
    patient_cases {"patients", measure: [...]}  lists over the test patients, of the measures with one value a patient;
                  null where every patient has one image
    hd95          {"unit": "mm" | "px", "both_empty": int, "one_empty": int}   counts of cases and structures
    masks         {"cases": int, "shown", "missed", "astray", "invented", "flooded": counts of test cases, best weights}
                  shown: something is there to find; missed: of these, how many have an empty prediction; astray: or one
                  without a pixel of it; invented: nothing to find, and a prediction; flooded: 95 % or more of the image
                  is predicted, at most half is true; of several structures a list each (older records lack it); null
                  where the trial diverged
    nsd           {"unit": "mm" | "px", "tolerance": float}
    recalibration {"scale", "offset": float, or one a class (the background's is 0)}   fitted on validation; scale > 1:
                  under-confident
    reference     {"constant_bce", "constant_pool_bce", "atlas_<measure>", ...}  means on the test set: best constant,
                  the pool's shares as constant ("ce" instead of "bce" for several structures), the mean mask of the
                  training subset
    foreground    {"pool": share, "test": share}   of several structures a list
    history       {"update": [...], "epoch": [...], "training_loss": [...], "validation_bce": [...]}, null: not finite;
                  "validation_ce" for several structures; "validation_dice" and the like where that chose the weights
    training      {"updates", "epochs", "batch_size", "images", "parameters", "best_update", "stopped"}
                  images: trained on, with those that the strategy made (older records lack it); epochs: of the labelled
                  images; stopped: "budget" | "patience" | "diverged"
    warnings      ["..."]
    run           {"seconds": {"data", "prepare", "augmentation", "network", "other", "total"}, "peak_memory_mib",
                   "device", "host", "finished", "versions": {...}, "code": {"version", "commit", "changed", "hash"}}
                  prepare: learning or loading, and measuring `augmentation`; what a sweep learned ahead of its trials
                  is in none of them; code: see `experiment/code.py` (older records lack it, or have a hash of bytes,
                  without a dot in it, that says nothing about hashes of today)
    checksum      sha256 of the bytes before it; always the last key

A trial that raised leaves `failure.json` instead: see `results/failure.py`.
"""

SCHEMA = 1
