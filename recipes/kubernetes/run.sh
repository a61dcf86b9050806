#!/usr/bin/env bash
# A study as an indexed Job of Kubernetes, then its merge: bash recipes/kubernetes/run.sh
# Needs Kubernetes 1.33 or later and a PersistentVolumeClaim `segaug-shards`; the study is in shards.yaml.
set -euo pipefail
here=$(dirname "$0")
kubectl apply -f "$here/shards.yaml"
kubectl wait --for=condition=complete job/segaug-shards --timeout=-1s
kubectl apply -f "$here/merge.yaml"
kubectl wait --for=condition=complete job/segaug-merge --timeout=-1s
