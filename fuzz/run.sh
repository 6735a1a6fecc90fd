#!/bin/sh
# Fuzzes each target for a while, one after the other: fuzz/run.sh SECONDS [TARGET…]. Needs `cargo fuzz build` first.
# New inputs go to corpus.work, findings to artifacts; fuzz/minimise.sh carries the useful ones over to corpus.
set -u
cd "$(dirname "$0")"
seconds=$1
shift
bin=${FUZZ_BIN:-target/x86_64-unknown-linux-gnu/release}
for target in ${*:-page feed sitemap charset directives dates anything}; do
    mkdir -p "corpus.work/$target" "artifacts/$target"
    dictionary=$target
    case $target in
        page | anything) dictionary=html ;;
        feed | sitemap) dictionary=xml ;;
    esac
    "$bin/$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=3000 -max_len=8192 \
        -dict="dictionaries/$dictionary" -artifact_prefix="artifacts/$target/" -print_final_stats=1 -verbosity=0 \
        "corpus.work/$target" "corpus/$target" 2>&1 | tail -n 12
done
