"""Reads Parquet files with DuckDB and prints their rows as JSON, for the test that compares them.

python read.py FILE.parquet... writes FILE.parquet.jsonl beside each: a list of the columns for each row,
decimals as {"d": text}, bytes as {"b": Base64}, structs as objects.
"""

import base64
import decimal
import json
import sys

import duckdb


def plain(value):
    if isinstance(value, decimal.Decimal):
        return {"d": format(value, "f")}
    if isinstance(value, (bytes, bytearray)):
        return {"b": base64.b64encode(value).decode()}
    if isinstance(value, dict):
        return {"s": {name: plain(inside) for name, inside in value.items()}}
    if isinstance(value, list):
        return [plain(inside) for inside in value]
    if value is None or isinstance(value, (str, bool)):
        return value
    raise TypeError(f"a value of {type(value)}, which is not exact")


for path in sys.argv[1:]:
    rows = duckdb.execute("SELECT * FROM read_parquet(?)", [path])
    with open(path + ".jsonl", "w", encoding="utf-8") as out:
        while row := rows.fetchone():
            out.write(json.dumps([plain(value) for value in row]) + "\n")
