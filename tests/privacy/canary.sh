#!/usr/bin/env bash
# A canary person uses everything, is erased, and every byte on disk is looked through for what only it is called, in plain,
# UTF-16, base64 and hashed. For operators who want to see it on their own machine and settings:
#   SILTEME=target/release/silteme tests/privacy/canary.sh [FOLDER]
# Works in FOLDER (a new temporary one by default), on loopback only. Exit status 0: no trace. Needs curl, jq, iconv.
set -euo pipefail
export LC_ALL=C # bytes are bytes to grep
silteme=$(realpath "${SILTEME:-target/release/silteme}")
work=${1:-$(mktemp -d)}
mkdir -p "$work" && cd "$work"
run() { "$silteme" "$@" --data run --config silteme.toml --format json; }
: > silteme.toml
id=canary-4f1c9d email=canary.4f1c9d@example.kz phone=+77015550144 term=canaryterm4f1c query=canaryquery4f1c event=canary-event-4f1c
link=https://example.kz/one

echo '{"url":"https://example.kz/one","title":"One","text":"A text about the steppe and its rivers.","language":"en"}' | run import - > /dev/null
support=$(run keys add --role support --name support --basis test | jq -r .key)
service=$(run keys add --role recommender --name service --basis test | jq -r .key)
"$silteme" serve -vv --listen 127.0.0.1:0 --data run --config silteme.toml > address.log 2> server.log &
server=$!
trap 'kill -9 $server 2> /dev/null || true' EXIT
until grep -q http address.log; do sleep 0.1; done
base=$(grep -o 'http://[0-9.:]*' address.log)
ask() { # KEY METHOD PATH [BODY]
    curl -sS --fail-with-body -X "$2" -H "authorization: Bearer $1" -H 'x-forwarded-for: 203.0.113.78' \
        ${4:+-H 'content-type: application/json' -d "$4"} "$base$3"
}
consent='{"policy":"2026-11-01","language":"kk","purposes":["service","notifications","personalisation","advertising","research"]}'
ask "$support" POST /v1/people "{\"id\":\"$id\",\"consent\":$consent,\"attributes\":{\"email\":\"$email\",\"phone\":\"$phone\",\"terms\":[\"$term\"]}}" > /dev/null
ask "$service" GET "/v1/search?q=$query" > /dev/null
ask "$service" POST /v1/events "{\"person\":\"$id\",\"events\":[{\"id\":\"$event\",\"kind\":\"like\",\"link\":\"$link\"}]}" > /dev/null
ask "$service" POST /v1/recommendations "{\"person\":\"$id\"}" > /dev/null
ask "$support" GET "/v1/people/$id/export?case=1" | grep -q "$event" || { echo "the export lacks the event"; exit 1; }
run person backup "$PWD/backup" > /dev/null
run person erase "$id" --case 2 > /dev/null
run reindex > /dev/null
kill -9 $server

trace=0
look() { # WHAT NEEDLE: bytes as grep -P wants them
    if found=$(grep -rlaP -- "$2" run run.keys backup server.log address.log); then
        echo "$1: $found"; trace=1
    fi
}
# A search that finds nothing proves nothing.
printf '\xff\xfe%s' "$id" > backup/control
bytes() { od -An -v -tx1 | tr -d '\n' | sed 's/ /\\x/g'; }
grep -rlaP -- "$(printf '\xff\xfe%s' "$id" | bytes)" backup | grep -q control || { echo "the search does not work"; exit 1; }
rm backup/control
for text in "$id" "$email" "$phone" "$term" "$query" "$event" 203.0.113.78; do
    look "$text" "$(printf %s "$text" | bytes)"
    look "$text, UTF-16LE" "$(printf %s "$text" | iconv -t UTF-16LE | bytes)"
    look "$text, UTF-16BE" "$(printf %s "$text" | iconv -t UTF-16BE | bytes)"
    for before in '' a ab; do # three alignments; the digits that depend on neighbours are cut off
        digits=$(printf %s "$before$text" | base64 -w0 | tr -d '='); digits=${digits:4}
        look "$text, base64" "$(printf %s "${digits:0:$((${#digits} - 2))}" | bytes)"
    done
    for sum in sha256sum sha1sum md5sum; do
        digest=$(printf %s "$text" | $sum | cut -d' ' -f1)
        look "$text, $sum" "$digest"
        look "$text, $sum in bytes" "$(sed 's/../\\x&/g' <<< "$digest")"
    done
done
run verify > /dev/null || { echo "verify finds something"; trace=1; }
[ $trace = 0 ] && echo "no trace of the canary in $(find run run.keys backup -type f | wc -l) files"
exit $trace
