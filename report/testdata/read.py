"""Reads a directory of results as a reader would, without any option, and
compares the types and values with what manifest.json says of them; or reads
single files."""

import json
import pathlib
import sys

import pandas as pd

if not (directory := pathlib.Path(sys.argv[1])).is_dir():  # files alone: they load, with named columns and rows
    for path in sys.argv[1:]:
        frame = pd.read_json(path, lines=True) if path.endswith("ndjson") else pd.read_csv(path)
        if frame.empty or any(c.startswith("Unnamed") for c in frame.columns):
            sys.exit(f"{path}: {frame.shape} {list(frame.columns)}")
    sys.exit(0)
manifest = json.loads((directory / "manifest.json").read_text())
kinds = {"text": "O", "instant": "O", "integer": "iu", "number": "fiu", "bool": "b"}
problems = []


def check(table, name, frame):
    columns = [c["name"] for c in table["columns"]]
    if table["rows"] == 0:
        return
    if list(frame.columns) != columns:
        problems.append(f"{name}: columns {list(frame.columns)}, want {columns}")
        return
    if len(frame) != table["rows"]:
        problems.append(f"{name}: {len(frame)} rows, want {table['rows']}")
    for c in table["columns"]:
        values = frame[c["name"]]
        if c["type"] == "number" and values.isna().all():
            continue  # no value anywhere, such as intervals of one replication
        if values.dtype.kind not in kinds[c["type"]]:
            problems.append(f"{name}: {c['name']} is read as {values.dtype}, want {c['type']}")
        elif c["type"] in ("text", "instant") and values.isna().any():
            problems.append(f"{name}: {c['name']} has texts that are read as no value")
        if c["type"] == "instant":
            pd.to_datetime(values, utc=True)


for table in manifest["tables"]:
    csv = pd.read_csv(directory / table["csv"])
    check(table, table["csv"], csv)
    if table["rows"] == 0:
        continue
    ndjson = pd.read_json(directory / table["ndjson"], lines=True)
    check(table, table["ndjson"], ndjson)
    for c in table["columns"]:
        a, b = csv[c["name"]], ndjson[c["name"]]
        if c["type"] == "text":
            a = a.str.removeprefix("'")
        same = (a == b) | (a.isna() & b.isna())
        if c["type"] == "number":
            same |= (a.astype(float) - b.astype(float)).abs() <= 1e-9 * a.astype(float).abs()
        if not same.all():
            problems.append(f"{table['name']}: {c['name']} differs between CSV and NDJSON")
print(len(manifest["tables"]), "tables read by pandas", pd.__version__)
sys.exit("\n".join(problems) if problems else 0)
