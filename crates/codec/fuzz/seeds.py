"""Writes the seeds of the corpora, what is hard to read and to write, into corpus/<target>/seed-*.

    pip install --requirement ../tests/vectors/requirements.txt
    python seeds.py

Names of seeds begin with `seed-`; what a fuzzer found has other names and is left alone.
"""

import gzip
import json
from pathlib import Path

from amazon.ion import simpleion

CORPUS = Path(__file__).resolve().parent / "corpus"

SCALARS = {
    "S": ["", "a", "\u0000\u001f\u007f", "\u0085\u2028\u2029", "\u00e9\u20ac\U0001f600", "\"\\/\b\f\n\r\t", "{\"S\":\"x\"}"],
    "N": [
        "0", "-0", "1", "-1", "1.50", ".5", "5.", "+5", "007", "1e3", "1E+3", "0E200", "1E-130",
        "9.9999999999999999999999999999999999999E+125", "-1.2345678901234567890123456789012345678E-130",
        "1" + "0" * 125, "12345678901234567890123456789012345678", "0." + "0" * 129 + "1",
    ],
    "B": ["", "AA==", "AAE=", "AAEC", "YR==", "/+8="],
    "BOOL": [True, False],
    "NULL": [True],
    "SS": [["a"], ["", "a", "\u00e9"]],
    "NS": [["1"], ["1", "2.5", "-3e10", "1E-130"]],
    "BS": [["AA=="], ["", "AAE=", "YWJj"]],
}
BAD = [
    '{"a":{"S":"x"}', '{"a":{"S":1}}', '{"a":{}}', '{"a":{"s":"x"}}', '{"a":{"S":"x","N":"1"}}',
    '{"a":{"S":"x","N":null}}', '{"a":{"N":"NaN"}}', '{"a":{"N":" 5"}}', '{"a":{"N":1.50}}',
    '{"a":{"N":"' + "1" * 39 + '"}}', '{"a":{"N":"1E126"}}', '{"a":{"N":"1E-131"}}',
    '{"a":{"N":"1E2147483648"}}', '{"a":{"B":"YQ"}}', '{"a":{"B":"YWJ-"}}', '{"a":{"SS":[]}}',
    '{"a":{"SS":["x","x"]}}', '{"a":{"NS":["1","1.0"]}}', '{"a":{"BS":["YQ==","YR=="]}}',
    '{"a":{"SS":["x",null]}}', '{"":{"S":"x"}}', '{"a":{"NULL":false}}', '{"a":{"S":"\\ud800"}}',
    '{"a":{"S":"\\ud83d\\ude00\\u00e9\\/"}}', '{"a":{"S":"1"},"\\u0061":{"S":"2"}}',
    '{"a":{"S":"\n"}}', '[]', '', '{}', '{"a":{"S":"x"}}}', '{"a":{"\\u0053":"x"}}',
    '{"a":{"S":"1"},"a":{"S":"2"},"b":{"N":"1"},"a":{"N":"3"}}',
]


def compact(tree):
    return json.dumps(tree, separators=(",", ":"), ensure_ascii=False)


def nested(levels, open_, close):
    return '{"a":' + open_ * levels + '{"S":"x"}' + close * levels + "}"


def json_items():
    whole = {}
    for tag, values in SCALARS.items():
        item = {f"{tag.lower()}{n}": {tag: value} for n, value in enumerate(values)}
        whole.update(item)
        yield compact(item)
    yield compact({"pk": {"S": "a"}, "m": {"M": {"l": {"L": [{"M": {"x": {"N": "1.50"}}}, {"L": []}]}}}, "l": {"L": [{"NULL": True}, {"BOOL": False}]}})
    yield json.dumps({"pk": {"S": "a"}, "Item": {"M": whole}}, indent=1)
    yield nested(31, '{"L":[', "]}")
    yield nested(32, '{"M":{"x":', "}}")
    yield compact({f"a{n}": {"N": str(n)} for n in range(40)})


def frames():
    for item in ['{"S":"x"}', '{"S":{"S":"x"}}', '{"M":{}}', '{"M":{"S":"x"}}', '{"M":{"S":{"S":"x"}}}', '{"pk":{"S":"a"}}', '{}']:
        yield '{"Item":' + item + "}"
    yield '{"Item":{"S":"x"},"pk":{"S":"a"}}'


def records():
    def incremental(*images):
        parts = '{"Metadata":{"WriteTimestampMicros":{"N":"1768387654353205"}},"Keys":{"pk":{"S":"2"}}'
        return parts + "".join(f',"{image}":{{"pk":{{"S":"2"}},"n":{{"N":"1.50"}}}}' for image in images) + "}"

    def stream(identity, rest, time="1479499740"):
        return (
            '{"eventID":"1","eventName":"REMOVE","eventVersion":"1.1","eventSource":"aws:dynamodb",'
            f'"awsRegion":"us-east-1",{identity}"dynamodb":{{"ApproximateCreationDateTime":{time},'
            f'"Keys":{{"pk":{{"S":"a"}}}},"OldImage":{{"pk":{{"S":"a"}},"ttl":{{"N":"1"}}}}{rest}}}}}'
        )

    lower = '"userIdentity":{"type":"Service","principalId":"dynamodb.amazonaws.com"},'
    upper = '"userIdentity":{"Type":"Service","PrincipalId":"dynamodb.amazonaws.com"},'
    rest = ',"SequenceNumber":"4421584500000000017450439092","SizeBytes":26,"StreamViewType":"OLD_IMAGE"'
    yield from [incremental("OldImage"), incremental("OldImage", "NewImage"), incremental("NewImage"), incremental()]
    yield incremental("OldImage").replace('"OldImage":', '"Other":[1,{"a":null}],"NewImage":null,"OldImage":')
    yield from [stream(lower, rest), stream(upper, rest, '"2016-11-18T12:09:00Z"'), stream("", rest, "1479499740.123")]
    yield '{"Records":[' + stream(lower, rest) + "," + stream("", rest) + "]}"
    yield "[" + stream(upper, rest) + "]"
    kinesis = ',"ApproximateCreationDateTimePrecision":"MICROSECOND"'
    yield stream('"userIdentity":null,"recordFormat":"application/json","tableName":"t",', kinesis, "1637050460123456")


def old_casing(text):
    for new, old in [('"SS"', '"sS"'), ('"NS"', '"nS"'), ('"BS"', '"bS"'), ('"BOOL"', '"bOOL"'), ('"NULL"', '"nULLValue"')]:
        text = text.replace(new, old)
    for tag in "SNBML":
        text = text.replace(f'{{"{tag}":', f'{{"{tag.lower()}":')
    return text


def plain():
    yield compact({"pk": "a", "n": 19.5, "t": True, "z": None, "l": [1, "b", {}], "m": {"x": [[]]}})
    yield '{"n":-0.0,"big":' + "1" + "0" * 125 + ',"small":1e-130,"digits":12345678901234567890123456789012345678}'
    yield '{"b":{"$binary":"AQI="},"s":{"$stringSet":["a","b"]},"n":{"$numberSet":[1,"2.5"]},"bs":{"$binarySet":["AQI="]}}'
    yield '{"m":{"$map":{"$binary":"a"}},"d":{"$map":{"$map":{"$map":{}}}},"x":{"$other":1}}'
    yield '{"$binary":"AQI="}'
    yield from ['{"a":{"$stringSet":[]}}', '{"a":01}', '{"a":1e126}', '{"":1}', '{"a":' + "[" * 31 + "]" * 31 + "}"]


ION = [
    '$ion_1_0 {Item:{Authors:$dynamodb_SS::["Author1","Author2"],Id:103.,InPublication:false,PageCount:6d2,Title:"Book 103 Title"}}',
    ' $ion_1_0 {Item:{a:1.,b:25d-1}}\n$ion_1_0 {Item:{a:2.}}\n',
    '{Item:{n:null,t:true,b:{{AAE=}},l:[1.,[],{}],m:{x:"y"},ns:$dynamodb_NS::[1.,2.5,-3d10],bs:$dynamodb_BS::[{{}},{{AAE=}}]}}',
    "{Item:{\"a b\":\"x\",'c\\'d':\"y\",$ion:1.}}",
    "{Item:{a:'''x'''\n '''y\\\nz''', /* c */ b:\"\\x41\\u00e9\\U0001f600\\0\\a\" // d\n}}",
    "$ion_1_0 [ {Item:{a:1.}}, {Item:{a:2.}} ]",
    "$ion_symbol_table::{symbols:[\"pk\",\"sk\"]} {Item:{$10:\"x\",$11:1.}}",
    "{a:0x1F,b:0b101,c:-0.,d:0d5,e:-1_000.5,f:1d-130,g:9.9999999999999999999999999999999999999d125}",
    "{Item:{a:null.string}}", "{Item:{a:1e0}}", "{Item:{$99:1.}}", "{Item:{a:color::1.}}", "{Item:{a:{{YQ}}}}",
    "{Item:{a:{{YR==}},b:{{ Y Q = = }}}}", "{Item:{a:2024-01-01T}}", "{Item:{a:(1 2)}}", "{Item:{a:{{\"clob\"}}}}",
    "{Item:{a:$dynamodb_SS::[\"x\",\"x\"]}}", "{Item:{a:1.,a:2.}}", "{Item:{a:" + "[" * 31 + "1." + "]" * 31 + "}}",
    "{Item:{a:" + "{a:" * 31 + "1." + "}" * 31 + "}}", "{Item:{a:\"\u0085\u2028\u20ac\"}}", "$ion_1_0\n", "",
    '{Item:{a:"\\ud83d\\ude00",b:"\\ud800",c:"\\U0001F600"}}', "{Item:{m:{a:[1.],a:2.},a:1.}}",
    "{Item:{" + ",".join(f"a{n}:{n}." for n in range(50)) + ",a7:1.}}", "{Item:{" + ",".join(f"a{n}:{n}." for n in range(50)) + "}}",
    "{Item:{a:$dynamodb_NS::[" + ",".join(f"{n}." for n in range(50)) + ",7.0]}}",
    "{Item:{a:" + "[" * 32 + "]" * 32 + "}}", "{Item:{a:" + "{a:" * 40 + "1." + "}" * 40 + "}}",
    "$ion_1_0 {Record:{Metadata:{WriteTimestampMicros:16d1},Keys:{pk:\"a\"},OldImage:{pk:\"a\",n:1.},NewImage:{pk:\"a\"}}}",
    "{Metadata:{WriteTimestampMicros:{N:1.}},Keys:{pk:{{AA==}}},NewImage:null}",
    "$ion_1_0 {Item:{a:1e0}} {a:]}\n{Item:{a:1.}}\n  $ion_1_0 {Item:{a:2.}}\n[{a:x},{a:3.},]\n",
]


def ion_binary():
    for text in ION:
        try:
            values = simpleion.loads(text, single_value=False)
        except Exception:  # What is no Ion has no binary form.
            continue
        yield simpleion.dumps(values, binary=True, sequence_as_stream=True)
    # A NOP pad, an integer, a float, a typed null, an unknown symbol, a string that is no UTF-8.
    for body in ["02ffffd183842101", "da84483ff0000000000000", "d2848f", "d2e311", "d38481ff", "de7f7f7f7f7f7f", "d48482aa"]:
        yield bytes.fromhex("e00100ea" + body)


def lines():
    plain_ = "\n".join([*list(json_items())[:3], "", '{"Item":{"pk":{"S":"a"}}}', " \r", "x"])
    yield plain_.encode()
    yield (plain_ + "\n").encode()
    yield gzip.compress(plain_.encode(), mtime=0)
    yield gzip.compress(b'{"pk":{"S":"a"}}\n', mtime=0) + gzip.compress(b'{"pk":{"S":"b"}}', mtime=0)
    yield gzip.compress(b"x" * 5000 + b"\n{}\n", mtime=0)
    yield b"x" * 5000 + b"\n{}\n"
    # What the program zstd makes of "{}\n", and a frame to be skipped.
    yield bytes.fromhex("28b52ffd04581900007b7d0abad3119c")
    yield bytes.fromhex("502a4d1803000000616263")
    yield b"\n\n\n"


def write(target, seeds):
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("seed-*"):
        old.unlink()
    for number, seed in enumerate(dict.fromkeys(seeds)):
        data = seed.encode("utf-8", "surrogatepass") if isinstance(seed, str) else seed
        (folder / f"seed-{number:02}").write_bytes(data)


def main():
    items = list(json_items())
    write("dynamodb_json", items + BAD)
    write("v1", [old_casing(item) for item in items + BAD])
    write("raw_item", items[-5:] + BAD[:6] + list(frames()) + [",".join(items[:2])])
    write("records", records())
    write("plain_json", plain())
    write("ion_text", ION)
    write("ion_binary", ion_binary())
    write("lines", lines())


if __name__ == "__main__":
    main()
