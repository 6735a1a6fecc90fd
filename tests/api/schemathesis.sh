#!/usr/bin/env bash
# Asks every operation of the served OpenAPI document what nobody thought of: valid and invalid requests made from the
# schemas, with a key of each role and without one, against the demo. Fails on a 5xx, an undocumented status, a body or header
# that is not as described, an invalid request that is taken, or a key that is not asked for. About three minutes.
#
# schemathesis.sh [SECONDS PER CALLER, 30 by default]     SILTEME names the binary (see with_demo.sh)
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
seconds=${1:-30}

if [ -z "${SILTEME_URL:-}" ]; then
    venv=$root/target/schemathesis-venv
    if ! "$venv/bin/schemathesis" --version 2>/dev/null | grep -qF "$(sed 's/.*==//' "$here/requirements.txt")"; then
        if ! { python3 -m venv "$venv" && "$venv/bin/pip" install -q -r "$here/requirements.txt"; } >/dev/null 2>&1; then
            echo "skipped: schemathesis cannot be installed here (needs python3 with venv, and a package index)"
            exit 0
        fi
    fi
    PATH=$venv/bin:$PATH exec "$here/with_demo.sh" "$here/schemathesis.sh" "$seconds"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
failed=0
for caller in RECOMMENDER SUPPORT OPERATOR AUDITOR nobody; do
    key=()
    [ "$caller" = nobody ] || key=(--header "Authorization: Bearer ${!caller}")
    # positive_data_acceptance is left out: that a host exists, a cursor was given out or a person has agreed is in no schema.
    if ! schemathesis --no-color run "$SILTEME_URL/openapi.json" "${key[@]}" --checks all \
        --exclude-checks positive_data_acceptance --max-time "$seconds" --seed 6 --workers 1 \
        --continue-on-failure --warnings off --request-timeout 20 --generation-database none >"$caller.txt" 2>&1; then
        failed=1
        cat "$caller.txt"
    fi
    echo "$caller: $(grep -E '^ *(Test cases|.*generated)' "$caller.txt" | tr -s ' ' | tr '\n' ';')"
done
curl -sS "$SILTEME_URL/metrics" | awk '
    /^silteme_http_requests_total/ { requests += $2; match($0, /status="[0-9]+/); by[substr($0, RSTART + 8, 3)] += $2 }
    END { printf "%d requests answered by the server:", requests; for (status in by) printf " %s: %d", status, by[status]; print "" }'
exit $failed
