"""The Python peers: boto3, orjson and amazon.ion. usage: bench.py FOLDER ROUNDS

Prints the lines that `cargo xtask bench codec` reads. The slow ones get the first 20 MB only: speeds
are per byte and per item that were read.
"""

import base64
import gc
import io
import json
import sys
import time
from importlib.metadata import version
from pathlib import Path

import orjson
from amazon.ion import simpleion
from amazon.ion.simpleion import IonPyValueModel
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

FOLDER, ROUNDS = Path(sys.argv[1]), int(sys.argv[2])
PART = 20_000_000

OWNED = "JSON lines to owned values"
WRITE = "Values to JSON lines"
ION_TEXT = "Ion text to owned values"
ION_BINARY = "Ion binary to owned values"

to_python = TypeDeserializer().deserialize
to_dynamodb = TypeSerializer().serialize


def lines(name, size):
    data = (FOLDER / name).read_bytes()[:size]
    return data[: data.rfind(b"\n") + 1].splitlines(keepends=True)


def case(group, name, size, items, run):
    seconds = []
    for _ in range(ROUNDS):
        gc.collect()
        start = time.process_time()
        run()
        seconds.append(time.process_time() - start)
    times = ",".join(f"{s:.6f}" for s in seconds)
    print("case", group, "peer", f"Python: {name}", size, items, "", "", times, sep="\t", flush=True)


def with_bytes(value):
    """boto3 wants bytes where the lines have base64."""
    for kind, inner in value.items():
        if kind == "B":
            return {"B": base64.b64decode(inner)}
        if kind == "BS":
            return {"BS": [base64.b64decode(member) for member in inner]}
        if kind == "M":
            return {"M": {name: with_bytes(member) for name, member in inner.items()}}
        if kind == "L":
            return {"L": [with_bytes(member) for member in inner]}
    return value


def item(line, loads):
    return {name: to_python(with_bytes(value)) for name, value in loads(line)["Item"].items()}


def json_cases():
    whole, part = lines("items.ndjson", None), lines("items.ndjson", PART)

    def read(name, some, function):
        def run():
            for line in some:
                function(line)

        case(OWNED, name, sum(map(len, some)), len(some), run)

    read("orjson, no types", whole, orjson.loads)
    read("json, no types", whole, json.loads)
    read("orjson, boto3 TypeDeserializer", part, lambda line: item(line, orjson.loads))
    read("json, boto3 TypeDeserializer", part, lambda line: item(line, json.loads))

    items = [item(line, orjson.loads) for line in part]

    def write():
        for attributes in items:
            line = {"Item": {name: to_dynamodb(value) for name, value in attributes.items()}}
            orjson.dumps(line, default=lambda data: base64.b64encode(bytes(data)).decode())

    case(WRITE, "boto3 TypeSerializer, orjson", sum(map(len, part)), len(part), write)


def ion_cases():
    def read(group, name, data, items, model):
        def run():
            values = simpleion.load(
                io.BytesIO(data), single_value=False, parse_eagerly=False, value_model=model
            )
            count = sum(1 for _ in values)
            assert count == items, count

        case(group, f"amazon.ion, {name}", len(data), items, run)

    bare = ("bare values", IonPyValueModel.MAY_BE_BARE)
    default = ("its own values", IonPyValueModel.ION_PY)
    text = lines("items.ion", PART)
    binary = (FOLDER / "items.10n").read_bytes()
    items = len(lines("items.ndjson", None))
    for name, model in (bare, default):
        read(ION_TEXT, name, b"".join(text), len(text), model)
        read(ION_BINARY, name, binary, items, model)


for package in ("boto3", "orjson", "amazon.ion"):
    print("version", package, version(package), sep="\t")
print("version", "Python", sys.version.split()[0], sep="\t")
json_cases()
ion_cases()
