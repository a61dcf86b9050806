#!/usr/bin/env bash
# A study as the tasks of HyperQueue, then its merge: SHARDS=8 CPUS=4 bash recipes/hyperqueue.sh study=scaling_study
# The same command again goes on where it stopped.  HQ_TASK_ID is named, because a worker may itself run in a job of an
# array of another scheduler, and then `shard=auto` asks which of the two is meant.
set -euo pipefail
: "${SHARDS:=8}" "${CPUS:=4}" "${INTO:=whole}"
hq submit --array "1-$SHARDS" --cpus "$CPUS" --wait -- \
    bash -c 'exec segaug train "$@" "shard=$HQ_TASK_ID/$0" "output=shards/$HQ_TASK_ID"' "$SHARDS" "$@"
segaug merge shards/[0-9]* --into "$INTO"
