#!/usr/bin/env bash
# Executes every notebook of this folder with the system's Python and a berth
# built from the sources. The executed copies go to the folder given, or are
# thrown away. Needs jupyter-nbconvert, ipykernel, pandas and matplotlib.
set -euo pipefail
cd "$(dirname "$0")"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
out="${1:-$work/out}"
mkdir -p "$out"
out="$(cd "$out" && pwd)"
(cd .. && go build -o "$work/berth" ./cmd/berth)
export BERTH="$work/berth" PYDEVD_DISABLE_FILE_VALIDATION=1
for notebook in *.ipynb; do
	/usr/bin/python3 -m nbconvert --log-level WARN --to notebook --execute --output-dir "$out" "$notebook"
	echo "executed $notebook"
done
