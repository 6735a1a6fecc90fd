#!/bin/sh
# Replaces the committed corpus by the smallest set of short inputs that covers as much: fuzz/minimise.sh [TARGET…].
set -eu
cd "$(dirname "$0")"
bin=${FUZZ_BIN:-target/x86_64-unknown-linux-gnu/release}
for target in ${*:-page feed sitemap charset directives dates anything}; do
    mkdir -p "corpus.work/$target" "corpus.new/$target"
    # Inputs above this size are left to the fuzzer: the repository holds what a test replays in a second.
    "$bin/$target" -merge=1 -max_len="${BYTES_MAX:-600}" "corpus.new/$target" "corpus/$target" "corpus.work/$target"
    rm -r "corpus/$target"
    mv "corpus.new/$target" "corpus/$target"
done
rmdir corpus.new
