#!/bin/sh
# Runs a sweep over a queue: a job that coordinates, and an array of workers that start and stop as nodes are free.
#
#   sh queue.sh plan.json results 20 [options of sbatch, for the workers]
#
# Everything is resumed: to continue after a failure, submit the same again.
set -eu
plan=$1 results=$2 workers=$3
shift 3
here=$(dirname "$0")

queue=$(sbatch --parsable "$here/queue.sbatch" "$plan" "$results")
array=$(sbatch --parsable --array="0-$((workers - 1))" --job-name="ratescale-worker-$queue" --dependency="after:$queue" \
  "$@" "$here/worker.sbatch" "$results")
echo "coordinator, with $results in the end: job $queue; workers: job $array"
