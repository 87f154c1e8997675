#!/usr/bin/env bash
# Makes the pictures of the documents: runs the first scenario and takes
# pictures of its report. Needs Go and chromium (or BERTH_BROWSER=PATH).
set -euo pipefail
cd "$(dirname "$0")"
root="$(cd ../.. && pwd)"
browser="${BERTH_BROWSER:-$(command -v chromium || command -v google-chrome)}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

(cd "$root" && go build -o "$work/berth" ./cmd/berth)
# Exit code 3 says that the scenario misses a target, as it is meant to.
"$work/berth" run first --quiet --report "$work/first.html" >/dev/null || [ $? = 3 ]

# The root user of a container has no sandbox of its own.
flags=(--headless --disable-gpu --hide-scrollbars --virtual-time-budget=4000 "--user-data-dir=$work/profile")
[ "$(id -u)" = 0 ] && flags+=(--no-sandbox)
"$browser" "${flags[@]}" --window-size=1100,1425 "--screenshot=$work/report.png" "file://$work/first.html" 2>/dev/null
mv "$work/report.png" report.png
ls -l report.png
