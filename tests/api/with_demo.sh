#!/usr/bin/env bash
# Runs a command against a served demo index: with_demo.sh COMMAND [ARGUMENT…]
#
# The command finds in its environment SILTEME_URL and one key a role: RECOMMENDER, SUPPORT, OPERATOR, AUDITOR (no rate limit).
# SILTEME names the binary (default: what cargo built last). Everything lies in a scratch folder that is gone afterwards.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
if [ -z "${SILTEME:-}" ]; then
    SILTEME=$(ls -t "$root"/target/{release,debug}/silteme 2>/dev/null | head -n 1 || true)
fi
[ -x "$SILTEME" ] || { echo "no binary: cargo build -p silteme, or set SILTEME" >&2; exit 2; }

scratch=$(mktemp -d)
demo=
finish() {
    [ -z "$demo" ] || { kill -INT "$demo" 2>/dev/null && wait "$demo" || true; }
    rm -rf "$scratch"
}
trap finish EXIT

# In a folder without a configuration, so that nobody's settings count.
cd "$scratch"
mkdir tmp
TMPDIR=$scratch/tmp "$SILTEME" demo --listen 127.0.0.1:0 >out 2>log &
demo=$!
for _ in $(seq 600); do
    grep -q '^serving on ' out && break
    kill -0 "$demo" 2>/dev/null || { cat log >&2; exit 3; }
    sleep 0.1
done
SILTEME_URL=$(sed -n 's/^serving on \([^ ]*\).*/\1/p' out)
[ -n "$SILTEME_URL" ] || { echo "the demo does not serve" >&2; cat log >&2; exit 3; }
data=$(echo tmp/silteme-demo-*/run)

key() {
    "$SILTEME" keys add --role "$1" --name "test of the API" --basis "tests/api" --requests-per-second 0 \
        --data "$data" --format json | sed 's/.*"key":"\([^"]*\)".*/\1/'
}
RECOMMENDER=$(key recommender) SUPPORT=$(key support) OPERATOR=$(key operator) AUDITOR=$(key auditor)
export SILTEME_URL RECOMMENDER SUPPORT OPERATOR AUDITOR

cd "$root"
"$@"
