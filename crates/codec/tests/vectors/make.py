"""Writes the vectors next to this file: what boto3, amazon.ion and Python's decimals say of items.

    pip install --requirement requirements.txt
    python make.py
"""

import decimal
import json
from decimal import Decimal
from pathlib import Path

from amazon.ion import simpleion
from amazon.ion.exceptions import IonException
from boto3.dynamodb.types import TypeSerializer

import peers
from items import NUMBERS, WIDE, Generator, edge_items, json_of, neutral, tree_of, write_lines

HERE = Path(__file__).resolve().parent
SEED = 20261121

# What boto3 reads and the service refuses, with the kind of our error.
REFUSED_JSON = [
    ('{"a":{"NS":["1","1.0"]}}', "DuplicateInSet"),
    ('{"a":{"SS":["x","x"]}}', "DuplicateInSet"),
    ('{"a":{"BS":["YQ==","YQ=="]}}', "DuplicateInSet"),
    ('{"a":{"SS":[]}}', "EmptySet"),
    ('{"a":{"NULL":false}}', "WrongForm"),
    ('{"a":{"S":"x","N":"1"}}', "SeveralTypes"),
    ('{"a":{"s":"x"}}', "UnknownType"),
    ('{"a":{}}', "UnknownType"),
    ('{"a":{"BOOL":"true"}}', "WrongForm"),
    ('{"a":{"S":1}}', "WrongForm"),
    ('{"a":{"N":1}}', "WrongForm"),
    ('{"a":{"N":"1_000"}}', "InvalidNumber"),
    ('{"a":{"N":" 5 "}}', "InvalidNumber"),
    ('{"a":{"N":"NaN"}}', "InvalidNumber"),
    ('{"a":{"N":"Infinity"}}', "InvalidNumber"),
    ('{"a":{"N":"\\uff11"}}', "InvalidNumber"),
    ('{"a":{"N":"1E126"}}', "NumberRange"),
    ('{"a":{"N":"1E-131"}}', "NumberRange"),
    ('{"a":{"N":"%s"}}' % ("1" * 39), "NumberPrecision"),
    ('{"":{"S":"x"}}', "EmptyName"),
    ('{"a":{"S":"\\ud800"}}', "Encoding"),
]
# What boto3 writes and the service refuses.
REFUSED_PYTHON = [
    (Decimal("1E+126"), "NumberRange"),
    (Decimal("-9.99E+126"), "NumberRange"),
    (Decimal("1E-131"), "NumberRange"),
    (Decimal("NaN"), "InvalidNumber"),
    (Decimal("1" * 39), "NumberPrecision"),
]
# Ion by hand: forms that no writer here makes, and what is no Ion.
ION_FORMS = [
    "{a:1}",
    " $ion_1_0 {Item:{a:1.}}",
    "$ion_1_0 $ion_1_0\n$ion_1_0 {Item:{a:-1_000.5}}",
    "{Item:{a:0x1F,b:0b101,c:-0x10,d:-5}}",
    "{Item:{a:-0.,b:0d5,c:0d-5,d:25d-1,e:1d-130,f:9.9999999999999999999999999999999999999d125}}",
    "{Item:{a:12345678901234567890123456789012345678.}}",
    "{Item:{a:1D3,b:1.5d+3,c:1.50}}",
    "{Item:{\"a b\":\"x\",'c\\'d':\"y\",'''e''':\"z\"}}",
    "{ Item : { /* c */ a : \"x\" , // d\n } }",
    "{Item:{a:'''x'''\n '''y\\\nz'''}}",
    "{Item:{a:\"\\x41\\u00e9\\U0001f600\\0\\a\\b\\t\\n\\f\\r\\v\\\"\\'\\?\\\\\\/\"}}",
    "{Item:{a:\"\\ud83d\\ude00\"}}",
    "{Item:{a:{{ Y Q = = }},b:{{\nAAE=\n}},c:{{}}}}",
    "{Item:{a:{{YR==}}}}",
    "{Item:{a:{{YQ}}}}",
    "{Item:{a:{{YQ=}}}}",
    "{Item:{a:{{Y-8=}}}}",
    "{Item:{a:null,b:null.null}}",
    "{Item:{a:[],b:{},c:[1.,[2.],],}}",
    "{Item:{a:1.,a:2.}}",
    "{Item:{a:'$dynamodb_NS'::[1.,2d0,3d1]}}",
    "{Item:{a: $dynamodb_SS :: [\"x\"]}}",
    "$ion_symbol_table::{symbols:[\"pk\",\"sk\"]} {Item:{$10:\"x\",$11:1.}}",
    "$ion_symbol_table::{symbols:[\"pk\"]} $ion_symbol_table::{imports:$ion_symbol_table,symbols:[\"sk\"]} {Item:{$10:\"x\",$11:1.}}",
    "{Item:{$4:1.}}",
    "{Item:{$99:1.}}",
    "{Item:{a:$99}}",
    "{Item:{a:007}}",
    "{Item:{a:1__0}}",
    "{Item:{a:1_.5}}",
    "{Item:{a:+1}}",
    "{Item:{a:.5}}",
    "{Item:{a:\"x\ny\"}}",
    "{Item:{a:\"x}}",
    "{Item:{a:1.}",
    "{Item:{a 1.}}",
    "{Item:{null:1.}}",
    "{Item:{a:1.,,b:2.}}",
    "{Item:{a:[1. 2.]}}",
    "{Item:{a:\"\\q\"}}",
    "{Item:{a:\"\\ud800\"}}",
    "$ion_1_0 [ {Item:{a:1.}}, {Item:{a:2.}} ]",
    "{Item:{a:1.}}{Item:{a:2.}}",
    "$ion_1_0\n",
    "",
    "{Item:{a:0x+1F}}",
    "{Item:{a:0x_1}}",
    "{Item:{a:0x1__2}}",
    "{Item:{a:-0x1_f,b:0B1_0,c:0XfF}}",
    "{Item:{a:0b12}}",
    "{Item:{a:1d}}",
    "{Item:{a:1.d3,b:1d+3,c:1.5d-3,d:-0d0,e:0d99}}",
    "{Item:{a:1d_3}}",
    "{Item:{a:1.5_0}}",
    "{Item:{a:1._5}}",
    "{Item:{a:-_1}}",
    "{Item:{a:- 1}}",
    "{Item:{a:1" + "0" * 60 + ",b:1" + "0" * 60 + ".,c:1" + "0" * 60 + "d-60}}",
    "{Item:{a:true::1.}}",
    "{Item:{a:null::1.}}",
    "$ion_1_1 {a:1.}",
    "$ion_2_0 {a:1.}",
    "{a:1.} $ion_1_0 {a:2.}",
    "{a:1.} /* unclosed",
    "{a:1.} // closed by the end",
    "{Item:{a:'''x''' \"y\"}}",
    "{Item:{'''a''' '''b''':1.}}",
    "{Item:{a:\"x\\\ny\"}}",
    "{Item:{a:\"x\ty\"}}",
    "{Item:{a:\"\u007f\"}}",
    "{Item:{a:\"\\x80\\xff\"}}",
    "{Item:{a:\"\\U00110000\"}}",
    "{Item:{a:\"\\ud83d\\u0041\"}}",
    "{Item:{a:\"\\ude00\"}}",
    "{Item:{a:'''x\r\ny\rz'''}}",
    "{Item:{a:{{/**/YQ==}}}}",
    "{Item:{a:{ {YQ==}}}}",
    "{Item:{a:{{YQ==} }}}",
    "{Item:{a:{{=}}}}",
    "{Item:{a:1.,b}}",
    "{Item:{a:,}}",
    "{Item:{,}}",
    "{Item:{a:[,]}}",
    "{Item:{a::1.}}",
    "{Item:{true:1.}}",
    "{Item:{'true':1.,\"null\":2.}}",
    "{Item:{$ion_symbol_table:1.}}",
    "$ion_symbol_table::{symbols:[\"a\"]} $ion_1_0 {Item:{$10:1.}}",
    "$ion_symbol_table::{symbols:[\"a\"]} $ion_symbol_table::{symbols:[\"b\"]} {Item:{$10:1.}}",
    "{a:1.}\u00a0{a:2.}",
    "{a:1.}]",
    "}",
]
# What is no Ion and amazon.ion reads as zero.
WRONGLY_READ_ION = ["{Item:{a:0x}}", "{Item:{a:0b}}", "{Item:{a:1x}}"]
# Ion that an item cannot hold, with the kind of our error.
REFUSED_ION = [
    ("{Item:{a:null.string}}", "TypedNull"),
    ("{Item:{a:null.list}}", "TypedNull"),
    ("{Item:{a:$dynamodb_SS::[]}}", "EmptySet"),
    ("{Item:{a:$dynamodb_SS::[\"x\",\"x\"]}}", "DuplicateInSet"),
    ("{Item:{a:$dynamodb_NS::[1.,10d-1]}}", "DuplicateInSet"),
    ("{Item:{a:$dynamodb_SS::[\"x\",1.]}}", "WrongForm"),
    ("{Item:{a:$dynamodb_XS::[\"x\"]}}", "UnknownAnnotation"),
    ("{Item:{a:color::1.}}", "UnknownAnnotation"),
    ("{Item:{a:1e0}}", "ForeignType"),
    ("{Item:{a:nan}}", "ForeignType"),
    ("{Item:{a:2024-01-01T}}", "ForeignType"),
    ("{Item:{a:sym}}", "ForeignType"),
    ("{Item:{a:(1 2)}}", "ForeignType"),
    ("{Item:{a:{{\"clob\"}}}}", "ForeignType"),
    ("{Item:{a:1d126}}", "NumberRange"),
    ("{Item:{a:1d-131}}", "NumberRange"),
    ("{Item:{a:" + "1" * 39 + ".}}", "NumberPrecision"),
    ("{Item:{'':1.}}", "EmptyName"),
    ("\"x\"", "NoItem"),
]


def boto3_vectors(items):
    for number, item in enumerate(items):
        vector = {"json": json_of(item, ascii_only=number % 2 == 0), "neutral": neutral(item)}
        try:
            python = peers.boto3_reads(tree_of(item))
        except decimal.DecimalException as error:
            # Its context for decimals is narrower than what the service holds.
            yield {**vector, "boto3": type(error).__name__}
            continue
        assert peers.neutral_of_boto3(python) == vector["neutral"], item
        written = json.dumps(peers.boto3_writes(python), ensure_ascii=number % 3 == 0)
        yield {**vector, "written": written}


def refused_vectors():
    for text, kind in REFUSED_JSON:
        try:
            said = repr(peers.boto3_reads(json.loads(text))["a" if '"a"' in text else ""])
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
        yield {"json": text, "boto3": said, "kind": kind}
    for value, kind in REFUSED_PYTHON:
        try:
            text = json.dumps({"a": TypeSerializer().serialize(value)})
        except Exception as error:
            # It refuses this one itself.
            yield {"json": json.dumps({"a": {"N": str(value)}}), "boto3": f"{type(error).__name__}: {error}", "kind": kind}
            continue
        yield {"json": text, "boto3": f"writes {value!r} so", "kind": kind}


def number_vectors():
    random = Generator(SEED + 1)
    for text in dict.fromkeys([*NUMBERS, *(random.number() for _ in range(200))]):
        number = Decimal(text).normalize(WIDE)
        normal = "0" if number.is_zero() else f"{number:f}"
        yield {"text": text, "normal": normal, "float": repr(float(text))}


def ion_vectors(items):
    for item in items:
        text, binary = peers.ion_text([item]), peers.ion_binary([item])
        assert peers.ion_reads(text) == peers.ion_reads(binary) == [neutral(item)], item
        yield {"text": text, "binary": binary.hex(), "neutral": neutral(item)}


def form_vectors():
    for text in ION_FORMS:
        try:
            yield {"text": text, "items": peers.ion_reads(text)}
        except IonException as error:
            yield {"text": text, "refused": str(error).strip()}
    for text in WRONGLY_READ_ION:
        yield {"text": text, "wrongly": peers.ion_reads(text)}


def refused_ion_vectors():
    for text, kind in REFUSED_ION:
        # It reads all of them: they are Ion.
        simpleion.loads(text)
        yield {"text": text, "kind": kind}


def main():
    random = Generator(SEED)
    items = [*edge_items(), *(random.item() for _ in range(160))]
    write_lines(HERE / "boto3.jsonl", boto3_vectors(items))
    write_lines(HERE / "boto3_refused.jsonl", refused_vectors())
    write_lines(HERE / "numbers.jsonl", number_vectors())
    write_lines(HERE / "ion.jsonl", ion_vectors(items))
    write_lines(HERE / "ion_forms.jsonl", form_vectors())
    write_lines(HERE / "ion_refused.jsonl", refused_ion_vectors())
    # Many items in one stream, with one symbol table for all in the binary form.
    few = items[-20:]
    (HERE / "stream.ion").write_bytes(peers.ion_text(few).encode())
    (HERE / "stream.10n").write_bytes(peers.ion_binary(few))
    write_lines(HERE / "stream.jsonl", (neutral(item) for item in few))


if __name__ == "__main__":
    main()
