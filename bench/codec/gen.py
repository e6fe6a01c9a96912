#!/usr/bin/env python3
"""The corpus of the codec benchmark: 93,686 items, 100 MB of export lines, the same each time.

usage: gen.py FOLDER

Writes, from one model of the items, so that all files hold the same:

  items.ndjson        DynamoDB JSON as in exports: {"Item":{...}}
  items.plain.ndjson  plain JSON: numbers as JSON numbers, sets as arrays, binaries as base64
  items.ion           Ion text as in exports: $ion_1_0 {Item:{...}}
  items.ndjson.gz     items.ndjson in gzip, level 6, one member

Files that are there and whole are left alone. Ion binary is made from items.ion by ion-rs, see
`ddbkit-codec-bench transcode`.

Needs the standard library only. random() and getrandbits() of a seeded Random are the same in all
versions of Python.
"""

import base64
import gzip
import hashlib
import json
import random
import shutil
import sys
from pathlib import Path

SEED = 20261120
TARGET_BYTES = 100_000_000
# Of the files as they must be. The compressed one depends on the version of zlib.
SHA256 = {
    "items.ndjson": "5045f7d648dc9bca807027a0000f89475663c4f1cca32bc642d08d1ea64b2f2f",
    "items.plain.ndjson": "e7bd4044d38dad2297d64a6ad9f72fe8712c1e684533ed006dc2343ec1f73901",
    "items.ion": "d10964ff8361bde2af2ea90993737122cce94db59de455cb6281e43310096b63",
}
COMPRESSED = "items.ndjson.gz"

WORDS = (
    "order customer invoice product widget alpha bravo delta lambda stream shard table index "
    "partition sort key value blue green crimson large small medium express standard priority "
    "warehouse north south east west return refund payment card transfer pending shipped"
).split()
UNICODE = [
    "café", "naïve", "Zürich", "東京都", "データ", "Привет", "مرحبا", "🚀", "👩‍💻", "São Paulo", "Ω≈ç", "한국어",
]
ESCAPED = [
    'say "hi"', "line1\nline2", "tab\there", "back\\slash", "C:\\tmp\\x", "ctrl\u0001x",
    "</script>", "a/b",
]
STATUS = ["PENDING", "SHIPPED", "DELIVERED", "CANCELLED", "RETURNED"]

R = random.Random(SEED)


def below(n):
    return int(R.random() * n)


def pick(choices):
    return choices[below(len(choices))]


def hexadecimal(length):
    return "%0*x" % (length * 2, R.getrandbits(length * 8))


def blob(length):
    return R.getrandbits(length * 8).to_bytes(length, "big")


def sentence(words):
    out = []
    for _ in range(words):
        x = R.random()
        if x < 0.05:
            out.append(pick(UNICODE))
        elif x < 0.08:
            out.append(pick(ESCAPED))
        else:
            out.append(pick(WORDS))
    return " ".join(out)


class Number:
    """Sign, digits without zeros at their ends, and the power of ten of the last digit: exact."""

    __slots__ = ("sign", "digits", "power")

    def __init__(self, negative, digits, power):
        digits = digits.lstrip("0")
        stripped = digits.rstrip("0")
        power += len(digits) - len(stripped)
        if not stripped:
            negative, stripped, power = False, "0", 0
        self.sign, self.digits, self.power = "-" if negative else "", stripped, power

    def plain(self):
        """As DynamoDB prints it: 600, 1.5, 0.001."""
        digits, power = self.digits, self.power
        if power >= 0:
            return self.sign + digits + "0" * power
        if -power < len(digits):
            return f"{self.sign}{digits[:power]}.{digits[power:]}"
        return self.sign + "0." + "0" * (-power - len(digits)) + digits

    def ion(self):
        """As DynamoDB prints it in Ion: 6d2, 103., 1.5, 0.001."""
        digits, power = self.digits, self.power
        if power > 0:
            return f"{self.sign}{digits}d{power}"
        if power == 0:
            return f"{self.sign}{digits}."
        if -power < len(digits):
            return f"{self.sign}{digits[:power]}.{digits[power:]}"
        if -power - len(digits) < 8:
            return f"{self.sign}0." + "0" * (-power - len(digits)) + digits
        return f"{self.sign}{digits}d{power}"


def digits(length):
    return "".join(pick("0123456789") for _ in range(length))


def number():
    """Most are small, some have 18 or 38 digits, some are very large or very small."""
    x = R.random()
    if x < 0.45:
        return Number(False, str(below(10000)), 0)
    if x < 0.60:
        return Number(False, str(1_600_000_000_000 + below(150_000_000_000)), 0)
    if x < 0.80:
        return Number(R.random() < 0.2, str(1 + below(10_000_000)), -2)
    if x < 0.88:
        return Number(R.random() < 0.5, digits(17) + "7", -below(17))
    if x < 0.93:
        return Number(R.random() < 0.5, pick("123456789") + digits(36) + "3", -below(38))
    if x < 0.96:
        return Number(False, str(1 + below(999)), below(20))
    if x < 0.98:
        return Number(False, str(1 + below(999)), -(3 + below(30)))
    return Number(False, "0", 0)


def unique(count, make):
    members = {}
    while len(members) < count:
        value = make()
        key = value.plain() if isinstance(value, Number) else value
        members.setdefault(key, value)
    return list(members.values())


def line_of_order():
    attributes = {
        "sku": ("S", "SKU-" + hexadecimal(4)),
        "qty": ("N", Number(False, str(1 + below(20)), 0)),
        "price": ("N", number()),
        "gift": ("BOOL", R.random() < 0.1),
    }
    some = R.random() < 0.3
    attributes["attrs"] = ("L", [("S", pick(WORDS)), ("N", number()), ("NULL", True)] if some else [])
    return ("M", attributes)


def item(index):
    attributes = {}
    attributes["pk"] = ("S", "CUSTOMER#%010d" % below(10**9))
    time = (1 + below(12), 1 + below(28), below(24), below(60), below(60), below(1000))
    attributes["sk"] = (
        "S", "ORDER#2024-%02d-%02dT%02d:%02d:%02d.%03dZ#" % time + hexadecimal(8),
    )
    attributes["createdAt"] = ("N", Number(False, str(1_700_000_000_000 + index), 0))
    attributes["ttl"] = ("N", Number(False, str(1_800_000_000 + below(10**7)), 0))
    attributes["status"] = ("S", pick(STATUS))
    attributes["total"] = ("N", number())
    attributes["active"] = ("BOOL", R.random() < 0.7)
    if R.random() < 0.6:
        attributes["deletedAt"] = ("NULL", True)
    attributes["note"] = ("S", sentence(4 + below(14)))
    if R.random() < 0.3:
        attributes["emptyString"] = ("S", "")
    attributes["payload"] = ("B", blob(16 + below(64)))
    attributes["address"] = ("M", {
        "street": ("S", "%d %s street" % (below(999), pick(WORDS))),
        "city": ("S", pick(UNICODE) if R.random() < 0.2 else pick(WORDS)),
        "zip": ("S", "%05d" % below(100000)),
        "geo": ("M", {
            "lat": ("N", Number(R.random() < 0.5, str(below(90_000_000)), -6)),
            "lon": ("N", Number(R.random() < 0.5, str(below(180_000_000)), -6)),
        }),
        "verified": ("BOOL", R.random() < 0.5),
    })
    attributes["lines"] = ("L", [line_of_order() for _ in range(1 + below(4))])
    attributes["tags"] = ("SS", unique(1 + below(5), lambda: pick(WORDS) + "-" + str(below(50))))
    if R.random() < 0.5:
        attributes["scores"] = ("NS", unique(1 + below(6), number))
    if R.random() < 0.25:
        attributes["digests"] = ("BS", unique(1 + below(3), lambda: blob(20)))
    if R.random() < 0.2:
        attributes["meta"] = ("M", {})
    return attributes


def quoted(text):
    return json.dumps(text, ensure_ascii=False)


def in_base64(data):
    return base64.b64encode(data).decode()


def joined(members, write):
    return "[" + ",".join(map(write, members)) + "]"


def dynamodb_json(value):
    kind, inner = value
    text = {
        "S": quoted,
        "N": lambda n: f'"{n.plain()}"',
        "B": lambda data: f'"{in_base64(data)}"',
        "BOOL": lambda flag: "true" if flag else "false",
        "NULL": lambda _: "true",
        "SS": lambda set: joined(set, quoted),
        "NS": lambda set: joined(set, lambda n: f'"{n.plain()}"'),
        "BS": lambda set: joined(set, lambda data: f'"{in_base64(data)}"'),
        "L": lambda list: joined(list, dynamodb_json),
        "M": dynamodb_json_map,
    }[kind](inner)
    return f'{{"{kind}":{text}}}'


def dynamodb_json_map(attributes):
    members = (f"{quoted(name)}:{dynamodb_json(value)}" for name, value in attributes.items())
    return "{" + ",".join(members) + "}"


def plain_json(value):
    kind, inner = value
    return {
        "S": quoted,
        "N": Number.plain,
        "B": lambda data: f'"{in_base64(data)}"',
        "BOOL": lambda flag: "true" if flag else "false",
        "NULL": lambda _: "null",
        "SS": lambda set: joined(set, quoted),
        "NS": lambda set: joined(set, Number.plain),
        "BS": lambda set: joined(set, lambda data: f'"{in_base64(data)}"'),
        "L": lambda list: joined(list, plain_json),
        "M": plain_json_map,
    }[kind](inner)


def plain_json_map(attributes):
    members = (f"{quoted(name)}:{plain_json(value)}" for name, value in attributes.items())
    return "{" + ",".join(members) + "}"


ION_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\x00": "\\0"}


def ion_string(text):
    def escaped(c):
        return ION_ESCAPES.get(c) or ("\\x%02x" % ord(c) if ord(c) < 32 else c)

    return '"' + "".join(map(escaped, text)) + '"'


def ion(value):
    kind, inner = value
    return {
        "S": ion_string,
        "N": Number.ion,
        "B": lambda data: "{{" + in_base64(data) + "}}",
        "BOOL": lambda flag: "true" if flag else "false",
        "NULL": lambda _: "null",
        "SS": lambda set: "$dynamodb_SS::" + joined(set, ion_string),
        "NS": lambda set: "$dynamodb_NS::" + joined(set, Number.ion),
        "BS": lambda set: "$dynamodb_BS::" + joined(set, lambda data: "{{" + in_base64(data) + "}}"),
        "L": lambda list: joined(list, ion),
        "M": ion_map,
    }[kind](inner)


def ion_map(attributes):
    return "{" + ",".join(f"{name}:{ion(value)}" for name, value in attributes.items()) + "}"


def sha256(path):
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_whole(folder):
    if not (folder / COMPRESSED).exists():
        return False
    return all((folder / name).exists() and sha256(folder / name) == sum for name, sum in SHA256.items())


def write(folder):
    files = {name: (folder / name).open("w", encoding="utf-8", newline="\n") for name in SHA256}
    size = count = 0
    while size < TARGET_BYTES:
        attributes = item(count)
        line = '{"Item":' + dynamodb_json_map(attributes) + "}\n"
        size += len(line.encode())
        files["items.ndjson"].write(line)
        files["items.plain.ndjson"].write(plain_json_map(attributes) + "\n")
        files["items.ion"].write("$ion_1_0 {Item:" + ion_map(attributes) + "}\n")
        count += 1
    for file in files.values():
        file.close()
    with (folder / "items.ndjson").open("rb") as lines, (folder / COMPRESSED).open("wb") as out:
        with gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=out, mtime=0) as packed:
            shutil.copyfileobj(lines, packed, 1 << 20)
    return count


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: gen.py FOLDER")
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    if is_whole(folder):
        return
    count = write(folder)
    if not is_whole(folder):
        sys.exit("gen.py: the files are not those that were measured before; their SHA-256 differ")
    print(f"gen.py: {count} items in {folder}")


if __name__ == "__main__":
    main()
