#!/usr/bin/env bash
# Asks every operation of the served OpenAPI document what nobody thought of: valid and invalid requests made from the
# schemas, with a key of each role and without one, against the demo. Fails on a 5xx, an undocumented status, a body or header
# that is not as described, an invalid request that is taken, or a key that is not asked for. About three minutes.
#
# schemathesis.sh [SECONDS PER PASS, 25 by default]     SILTEME names the binary (see with_demo.sh)
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
seconds=${1:-25}

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

# Ids that mean something, so that more than refusals is seen of what has one in its path.
link=$(curl -sSf "$SILTEME_URL/v1/search?limit=1" | sed 's/.*"id":"\([^"]*\)".*/\1/')
agreed='"consent": {"policy": "2026-11-01", "language": "kk", "purposes": ["service", "personalisation"]}'
secret='"email": "reader@example.kz", "password": "a long enough secret"'
for step in "accounts {$secret, $agreed}" "sessions {$secret}"; do
    curl -sSf -H "Content-Type: application/json" "$SILTEME_URL/v1/${step%% *}" -d "${step#* }" >session
done
reader=$(sed 's/.*"token":"\([^"]*\)".*/\1/' session)
curl -sSf -o made -H "Authorization: Bearer $RECOMMENDER" -H "Content-Type: application/json" "$SILTEME_URL/v1/people" \
    -d "{\"id\": \"reader\", $agreed}"
cat >known.toml <<TOML
[[operations]]
include-path-regex = "^/v1/links/"
parameters = { "path.id" = "$link" }
[[operations]]
include-path-regex = "^/v1/people/"
parameters = { "path.id" = "reader" }
TOML
: >none.toml

failed=0
# ask NAME CONFIG KEY [FILTER…]
ask() {
    local name=$1 config=$2 key=$3
    shift 3
    # positive_data_acceptance is left out: that a host exists, a cursor was given out or a person has agreed is in no schema.
    if ! schemathesis --no-color --config-file "$config" run "$SILTEME_URL/openapi.json" \
        ${key:+--header "Authorization: Bearer $key"} "$@" --checks all --exclude-checks positive_data_acceptance \
        --max-time "$seconds" --seed 6 --workers 1 --continue-on-failure --warnings off --request-timeout 20 >said 2>&1; then
        failed=1
        cut -c 1-2000 said
    fi
    printf '%-28s %s\n' "$name" "$(grep -A 1 '^Test cases' said | tail -n 1 | tr -s ' ')"
}
mortal='^(erase_person|withdraw|erase_own_person|withdraw_myself|log_out|change_password)$' # would end the one whom the others ask about
ask "recommender, known ids" known.toml "$RECOMMENDER" --exclude-tag operators --exclude-tag auditors --exclude-operation-id-regex "$mortal"
ask "support, known ids" known.toml "$SUPPORT" --include-tag people --exclude-operation-id-regex "$mortal"
ask "reader" none.toml "$reader" --exclude-tag operators --exclude-tag auditors --exclude-tag people --exclude-operation-id-regex "$mortal"
ask recommender none.toml "$RECOMMENDER"
ask support none.toml "$SUPPORT"
ask operator none.toml "$OPERATOR"
ask auditor none.toml "$AUDITOR"
ask "without a key" none.toml ""
curl -sS "$SILTEME_URL/metrics" | awk '
    /^silteme_http_requests_total/ { requests += $2; match($0, /status="[0-9]+/); by[substr($0, RSTART + 8, 3)] += $2 }
    END { printf "%d requests;", requests; for (status in by) printf " %s: %d", status, by[status]; print "" }'
exit $failed
