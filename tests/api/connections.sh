#!/usr/bin/env bash
# Whom does the program talk to? Crawls, serves and answers everything of docs/api.md under strace, and fails when anything but
# loopback was connected to or sent to (privacy policy 2.6: no outbound connection but crawl targets and configured hosts; the
# demo's targets are on loopback).
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
if ! strace -qq -e trace=none true 2>/dev/null; then
    echo "skipped: strace is not here or may not trace"
    exit 0
fi
program=$(realpath "${SILTEME:-$(ls -t "$root"/target/{release,debug}/silteme 2>/dev/null | head -n 1)}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/silteme" <<WRAPPER
#!/bin/sh
exec strace -D -f -qq -e trace=connect,sendto,sendmsg -o "$work/trace.\$\$" "$program" "\$@"
WRAPPER
chmod +x "$work/silteme"
SILTEME=$work/silteme "$here/with_demo.sh" "$here/examples.py" "$root/docs/api.md"

# Addresses as strace prints them; file sockets (AF_UNIX) stay on the machine.
cat "$work"/trace.* | grep -oE 'inet_addr\("[^"]*"\)|inet_pton\(AF_INET6, "[^"]*"' | grep -oE '"[^"]*"' | sort | uniq -c >"$work/addresses" || true
grep -q '"127\.0\.0\.1"' "$work/addresses" || { echo "no connection was seen at all, so the trace proves nothing"; exit 1; }
if grep -vE '"(127\.[0-9.]+|::1|::ffff:127\.[0-9.]+)"' "$work/addresses"; then
    echo "connected to the above"
    exit 1
fi
echo "connected to loopback and nothing else:" $(cat "$work/addresses")
