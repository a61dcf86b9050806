#!/usr/bin/env bash
# A study on machines that share nothing, over ssh, then its merge here: HOSTS="ada bob" bash recipes/ssh.sh study=quick
# Each machine needs segaug, of one version, on the PATH of its shell, and the data at the same place or dataset.root=...
# The same command again, with the same HOSTS in the same order, goes on where it stopped.
set -euo pipefail
: "${HOSTS:?names of machines, separated by spaces}" "${INTO:=whole}" "${AT:=segaug-shards}"
read -ra hosts <<<"$HOSTS"
pids=()
for place in "${!hosts[@]}"; do
    words=$(printf ' %q' "$@" "shard=$((place + 1))/${#hosts[@]}" output=shard)
    ssh "${hosts[$place]}" "mkdir -p $AT && cd $AT && segaug train$words" &
    pids+=($!)
done
failed=0
for pid in "${pids[@]}"; do wait "$pid" || failed=1; done
for place in "${!hosts[@]}"; do # also after a failure: what is done can be looked at
    mkdir -p "shards/$((place + 1))"
    rsync -a "${hosts[$place]}:$AT/shard/" "shards/$((place + 1))/"
done
segaug merge shards/[0-9]* --into "$INTO" || failed=1
exit "$failed"
