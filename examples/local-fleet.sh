#!/bin/bash
# A fleet on one machine, to see how one works: a Redis, workers as processes of one thread each, and the coordinator.
#
#   bash local-fleet.sh plan.json results [number of workers, 3 if not given]
#
# Needs redis-server (Debian: apt-get install redis-server), and in the project: npm install ratescale bullmq ioredis
# Kill a worker while it runs, even with kill -9: another one runs its pack again, and the files are the same.
set -eum # with -m, Ctrl-C reaches this script alone, which ends the others in order
plan=$1 results=$2 workers=${3:-3}

command -v redis-server > /dev/null || { echo 'redis-server is not installed (Debian: apt-get install redis-server)' >&2; exit 1; }
PATH=$PWD/node_modules/.bin:$PATH
queue=$(mktemp -d)
for _ in 1 2 3 4 5; do # until a port is free
  port=$((20000 + RANDOM % 10000))
  redis-server - > "$queue/redis.log" <<EOT &
bind 127.0.0.1
port $port
dir $queue
save ""
appendonly yes
EOT
  redis=$!
  until grep -q 'Ready to accept' "$queue/redis.log" || ! kill -0 $redis; do sleep 0.1; done
  kill -0 $redis && break
done 2> /dev/null
kill -0 $redis || { cat "$queue/redis.log"; exit 1; }
crew=()
finish() {
  # the workers first: what they have done they bring to the queue
  for process in "${crew[@]}" $redis; do
    kill $process 2> /dev/null || continue
    wait $process || true
  done
  rm -r "$queue"
}
trap finish EXIT

export RATESCALE_QUEUE=redis://127.0.0.1:$port
for ((i = 0; i < workers; i++)); do
  ratescale work --workers 1 &
  crew+=($!)
done
echo "workers: ${crew[*]}"

ratescale sweep "$plan" --out "$results" &
sweep=$!
trap 'kill $sweep && wait $sweep; exit' INT TERM
wait $sweep
