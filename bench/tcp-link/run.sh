#!/bin/sh
# Real TCP over a link of our making, for comparison with the emulator's. Needs root, gcc and iproute2.
#   run.sh FIRST_SEED LAST_SEED CONGESTION SECONDS BYTES [RATE_BPS LATENCY_US LOSS_PER_MILLION]
# With BYTES 0 it sends for SECONDS; else it sends BYTES and measures until the receiver has the last.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
gcc -O2 -Wall -o "$out/relay" "$here/relay.c"
for seed in $(seq "$1" "$2"); do
    a=tcplink-$$-a b=tcplink-$$-b
    ip netns add $a
    ip netns add $b
    "$out/relay" $a $b "${6:-100000000}" "${7:-20000}" "${8:-10000}" "$seed" "$3" "$4" "$5"
    ip netns del $a
    ip netns del $b
done
