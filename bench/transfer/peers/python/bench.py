#!/usr/bin/env python3
"""The same work through boto3, one round: bench.py WORK ENDPOINT TABLE FOLDER

Prints items, bytes of JSON lines, CPU seconds and peak memory in KiB, with tabs between.
"""

import base64
import gzip
import hashlib
import json
import resource
import sys
from pathlib import Path

import boto3


class Summed:
    """A file and the md5 of what went into it."""

    def __init__(self, path):
        self.file = open(path, "wb")
        self.md5 = hashlib.md5()

    def write(self, data):
        self.md5.update(data)
        return self.file.write(data)

    def flush(self):
        self.file.flush()

    def close(self):
        self.file.close()


def in_base64(value):
    return base64.b64encode(value).decode()


def with_bytes(members):
    """Binaries out of base64, as the client wants them."""
    if "B" in members and isinstance(members["B"], str):
        return {"B": base64.b64decode(members["B"])}
    if "BS" in members and isinstance(members["BS"], list):
        return {"BS": [base64.b64decode(member) for member in members["BS"]]}
    return members


def dump(client, table, folder, packed):
    folder.mkdir(parents=True)
    out = Summed(folder / "items.json")
    lines = gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=out) if packed else out
    items = size = 0
    pages = client.get_paginator("scan").paginate(TableName=table, Segment=0, TotalSegments=1)
    for page in pages:
        for item in page["Items"]:
            text = json.dumps({"Item": item}, default=in_base64, ensure_ascii=False)
            line = text.encode() + b"\n"
            lines.write(line)
            items += 1
            size += len(line)
    if packed:
        lines.close()
    out.close()
    return items, size


def load(client, table, folder, batches):
    items = size = 0
    batch = []
    for path in sorted(folder.glob("AWSDynamoDB/*/data/*.json")):
        for line in path.open("rb"):
            items += 1
            size += len(line)
            item = json.loads(line, object_hook=with_bytes)["Item"]
            if not batches:
                client.put_item(
                    TableName=table, Item=item, ConditionExpression="attribute_not_exists(pk)"
                )
                continue
            batch.append({"PutRequest": {"Item": item}})
            if len(batch) == 25:
                client.batch_write_item(RequestItems={table: batch})
                batch = []
    if batch:
        client.batch_write_item(RequestItems={table: batch})
    return items, size


def peak_kib(usage):
    """Of this program alone; what getrusage says may be that of the one that started it."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return usage.ru_maxrss
    return next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))


def main():
    work, endpoint, table, folder = sys.argv[1:]
    client = boto3.client(
        "dynamodb", region_name="us-east-1", endpoint_url=endpoint,
        aws_access_key_id="id", aws_secret_access_key="secret",
    )
    kind, how = work.split("-", 1)
    run = dump if kind == "dump" else load
    items, size = run(client, table, Path(folder), how in ("gzip", "overwrite"))
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(items, size, usage.ru_utime + usage.ru_stime, peak_kib(usage), sep="\t")


if __name__ == "__main__":
    main()
