#!/usr/bin/env bash
# A study as an array of PBS Pro or OpenPBS: qsub -v STUDY=study=scaling_study recipes/pbs.sh
# Then, when all are done: segaug merge shards/[0-9]* --into whole.  Another number N of shards: qsub -J 1-N -v SHARDS=N,...
# A job that was killed is sent again alone: qsub -J 3-4 -v SHARDS=8,...  (PBS wants two at least)
#PBS -N segaug
#PBS -J 1-8
#PBS -l select=1:ncpus=4:mem=8gb
#PBS -l walltime=24:00:00
#PBS -r y
set -euo pipefail
cd "$PBS_O_WORKDIR"
exec segaug train $STUDY "shard=auto/${SHARDS:-8}" "output=shards/$PBS_ARRAY_INDEX"
