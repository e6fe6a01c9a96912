"""Reads items that the tests wrote, says whether the peers see the same, and writes them again.

    python live.py FOLDER

FOLDER holds `ours.neutral.jsonl`, what the items are, and `ours.json`, `ours.ion` and `ours.10n`, the
items in each form. What boto3 and amazon.ion make of them goes to `theirs.json`, `theirs.ion` and
`theirs.10n`. A line of `theirs.json` is null where boto3 cannot hold a number of the item.
"""

import decimal
import json
import sys
from pathlib import Path

from amazon.ion import simpleion

import peers


def same(name, number, read, expected):
    if read != expected:
        sys.exit(f"{name}, item {number}:\n{json.dumps(read)}\nbut it is\n{json.dumps(expected)}")


def through_boto3(lines, neutral):
    for number, (line, expected) in enumerate(zip(lines, neutral, strict=True)):
        try:
            python = peers.boto3_reads(json.loads(line))
        except decimal.DecimalException:
            yield None
            continue
        same("boto3", number, peers.neutral_of_boto3(python), expected)
        yield peers.boto3_writes(python)


def through_ion(name, data, neutral, binary):
    read = peers.ion_reads(data)
    if len(read) != len(neutral):
        sys.exit(f"{name}: {len(read)} items, not {len(neutral)}")
    for number, (item, expected) in enumerate(zip(read, neutral)):
        same(name, number, item, expected)
    values = simpleion.loads(data, single_value=False)
    return simpleion.dumps(values, binary=binary, sequence_as_stream=True)


def main(folder):
    neutral = [json.loads(line) for line in (folder / "ours.neutral.jsonl").read_text("utf-8").split("\n")[:-1]]
    lines = (folder / "ours.json").read_text("utf-8").split("\n")[:-1]
    written = list(through_boto3(lines, neutral))
    (folder / "theirs.json").write_text("".join(json.dumps(item) + "\n" for item in written), "utf-8")
    text = through_ion("Ion text", (folder / "ours.ion").read_text("utf-8"), neutral, binary=False)
    (folder / "theirs.ion").write_text(text, "utf-8")
    binary = through_ion("Ion binary", (folder / "ours.10n").read_bytes(), neutral, binary=True)
    (folder / "theirs.10n").write_bytes(binary)
    beyond = written.count(None)
    print(f"boto3 read {len(lines) - beyond} items, amazon.ion {len(lines)} twice; {beyond} have numbers that boto3 cannot hold")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
