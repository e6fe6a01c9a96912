"""Items that are hard to write and to read, from a seed, and what is common to the programs here.

A value is a pair of its type and what it holds: numbers are text, binaries are bytes, sets are lists.
"""

import base64
import json
import random
from decimal import Decimal

NUMBERS = [
    "0", "-0", "0.0", "1", "-1", "10", "1.50", ".5", "5.", "+5", "007", "1e3", "1E+3", "100E-2", "0E200",
    "1E-130", "-1E-130", "1E125", "9.9999999999999999999999999999999999999E+125", "-9.9999999999999999999999999999999999999E125",
    "1" + "0" * 125, "12345678901234567890123456789012345678", "0." + "0" * 129 + "1", "1.2345678901234567890123456789012345678E-130",
    "9007199254740993", "18446744073709551616", "85070591730234615865843651857942052864", "0.1", "103", "600", "2000",
    "-0.00012300", "1234567890123456789012345678901234567800000", "1e0000000000000",
]
PARTS = [
    "", "a", "\"", "\\", "\n", "\r\n", "\t", "\u0000", "\u001f", "\u007f", "\u0085", "\u2027", "\u2028", "\u2029", "\u00e9", "\u20ac",
    "\U0001f600", "\U0010ffff", "/", "{", "}", "[", ",", ":", "'", "'''", "Item", "S", "\\u0041", "{{", "$ion_1_0", "null", "\ufeff", "\ufffd",
]
TYPES = ["S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"]


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def text(self):
        return "".join(self.random.choice(PARTS) for _ in range(self.random.randint(0, 4)))

    def name(self):
        plain = ["pk", "sk", "a", "nan", "true", "null", "$10", "a b", "S", "M", "Item", "__proto__", "\u00e9"]
        return self.text() or self.random.choice(plain)

    def number(self):
        if self.random.random() < 0.3:
            return self.random.choice(NUMBERS)
        count = self.random.randint(1, 38)
        digits = self.random.choice("123456789") + "".join(self.random.choice("0123456789") for _ in range(count - 1))
        # The exponent of the first digit.
        exponent = self.random.choice([self.random.randint(-130, 125), self.random.randint(-12, 40)])
        number = Decimal(self.random.choice(["", "-"]) + digits).scaleb(exponent - count + 1, WIDE)
        return self.random.choice([str(number), f"{number:f}", f"{number:e}", f"{number:E}"])

    def binary(self):
        return self.random.randbytes(self.random.randint(0, 9))

    def members(self, make, value_of):
        found = {}
        for _ in range(self.random.randint(1, 4)):
            member = make()
            found[value_of(member)] = member
        return list(found.values())

    def value(self, depth):
        tag = self.random.choice(TYPES if depth else TYPES[:8])
        same = lambda member: member
        return tag, {
            "S": self.text,
            "N": self.number,
            "B": self.binary,
            "BOOL": lambda: self.random.random() < 0.5,
            "NULL": lambda: True,
            "SS": lambda: self.members(self.text, same),
            "NS": lambda: self.members(self.number, Decimal),
            "BS": lambda: self.members(self.binary, same),
            "L": lambda: [self.value(depth - 1) for _ in range(self.random.randint(0, 4))],
            "M": lambda: self.map(depth - 1),
        }[tag]()

    def map(self, depth):
        return {self.name(): self.value(depth) for _ in range(self.random.randint(0, 4))}

    def item(self):
        return {"pk": ("S", "a"), **self.map(self.random.randint(0, 4))}


def wide():
    import decimal

    return decimal.Context(prec=400, Emin=-999999, Emax=999999, traps=[])


WIDE = wide()


def edge_items():
    """Every number on its own, every type, and names and text that look like something else."""
    for number in NUMBERS:
        yield {"n": ("N", number)}
    yield {f"s{n}": ("S", part) for n, part in enumerate(PARTS)}
    yield {part: ("BOOL", True) for part in PARTS if part}
    yield {"b": ("B", b""), "bs": ("BS", [b"", b"\x00", b"abc"]), "all": ("B", bytes(range(256)))}
    yield {"ss": ("SS", ["", "a", "\u00e9"]), "ns": ("NS", ["1", "-2.50", "3e10"]), "l": ("L", []), "m": ("M", {})}
    yield {"t": ("BOOL", True), "f": ("BOOL", False), "z": ("NULL", True)}
    deepest = ("S", "x")
    for level in range(31):
        deepest = ("L", [deepest]) if level % 2 else ("M", {"x": deepest})
    yield {"deep": deepest}


def json_of(item, ascii_only=False):
    """The DynamoDB JSON of an item, as text."""
    return json.dumps(tree_of(item), separators=(",", ":"), ensure_ascii=ascii_only)


def tree_of(item):
    return {name: {tag: inner_of(tag, inner)} for name, (tag, inner) in item.items()}


def inner_of(tag, inner):
    if tag == "B":
        return base64.b64encode(inner).decode()
    if tag == "BS":
        return [base64.b64encode(member).decode() for member in inner]
    if tag == "L":
        return [{tag: inner_of(tag, member)} for tag, member in inner]
    return tree_of(inner) if tag == "M" else inner


def neutral(item):
    """The form in which the tests compare: numbers as `-123e-2`, binaries in hexadecimal, sets sorted."""
    return {name: neutral_value(value) for name, value in item.items()}


def neutral_value(value):
    tag, inner = value
    return {
        tag: {
            "N": lambda: canonical(Decimal(inner)),
            "B": lambda: inner.hex(),
            "L": lambda: [neutral_value(member) for member in inner],
            "M": lambda: neutral(inner),
            "SS": lambda: sorted_text(inner),
            "NS": lambda: sorted(canonical(Decimal(member)) for member in inner),
            "BS": lambda: sorted(member.hex() for member in inner),
        }.get(tag, lambda: inner)()
    }


def sorted_text(members):
    # In the order of UTF-8, which is that of code points.
    return sorted(members, key=lambda member: member.encode())


def canonical(number):
    sign, digits, exponent = number.as_tuple()
    text = "".join(map(str, digits)).lstrip("0")
    short = text.rstrip("0")
    return f"{'-' if sign else ''}{short}e{exponent + len(text) - len(short)}" if short else "0e0"


def write_lines(path, lines):
    with open(path, "w", encoding="utf-8", newline="\n") as out:
        for line in lines:
            out.write(json.dumps(line, separators=(",", ":"), ensure_ascii=True) + "\n")
