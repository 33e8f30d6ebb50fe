#!/bin/sh
# Runs a sweep as an array job, one shard a task, and merges the shards when all are done:
#
#   sh shards.sh plan.json results 8 [options of sbatch, for the shards]
#
# Everything is resumed: to continue after a failure, submit the same again.
set -eu
plan=$1 results=$2 shards=$3
shift 3
here=$(dirname "$0")

array=$(sbatch --parsable --array="0-$((shards - 1))" "$@" "$here/shard.sbatch" "$plan" "$results" "$shards")
merge=$(sbatch --parsable --dependency="afterok:$array" --kill-on-invalid-dep=yes "$here/merge.sbatch" "$results")
echo "shards: job $array; then the merge into $results: job $merge"
