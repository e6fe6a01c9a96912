"""boto3 and amazon.ion, each with the way from and to items in the sense of `items`."""

import base64
from decimal import Decimal

from amazon.ion import simpleion
from amazon.ion.core import IonType
from amazon.ion.simple_types import IonPyBytes, IonPyDecimal, IonPyDict, IonPyList, IonPyNull
from boto3.dynamodb.types import Binary, TypeDeserializer, TypeSerializer

from items import canonical, sorted_text


def as_received(tree):
    """An item as botocore gives it: parsed JSON with its binaries decoded."""
    return {name: received_value(value) for name, value in tree.items()}


def received_value(value):
    decode = base64.b64decode
    return {
        tag: {
            "B": lambda: decode(inner),
            "BS": lambda: [decode(member) for member in inner],
            "L": lambda: [received_value(member) for member in inner],
            "M": lambda: as_received(inner),
        }.get(tag, lambda: inner)()
        for tag, inner in value.items()
    }


def boto3_reads(tree):
    """The Python value of an item, as the resources of boto3 give it."""
    deserialize = TypeDeserializer().deserialize
    return {name: deserialize(value) for name, value in as_received(tree).items()}


def boto3_writes(python):
    """The DynamoDB JSON of a Python value, as a tree with its binaries in Base64."""
    serialize = TypeSerializer().serialize
    return {name: sent_value(serialize(value)) for name, value in python.items()}


def sent_value(value):
    encode = lambda raw: base64.b64encode(bytes(raw)).decode()
    return {
        tag: {
            "B": lambda: encode(inner),
            # The order of sets in Python is another one in each run.
            "SS": lambda: sorted(inner),
            "NS": lambda: sorted(inner),
            "BS": lambda: sorted(encode(member) for member in inner),
            "L": lambda: [sent_value(member) for member in inner],
            "M": lambda: {name: sent_value(member) for name, member in inner.items()},
        }.get(tag, lambda: inner)()
        for tag, inner in value.items()
    }


def neutral_of_boto3(python):
    """What a Python value of boto3 is, in the form in which the tests compare."""
    return {name: neutral_boto3_value(value) for name, value in python.items()}


def neutral_boto3_value(value):
    if value is None:
        return {"NULL": True}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, Decimal):
        return {"N": canonical(value)}
    if isinstance(value, Binary):
        return {"B": bytes(value).hex()}
    if isinstance(value, dict):
        return {"M": neutral_of_boto3(value)}
    if isinstance(value, list):
        return {"L": [neutral_boto3_value(member) for member in value]}
    # Sets do not say of what they are.
    members = list(value)
    if isinstance(members[0], str):
        return {"SS": sorted_text(members)}
    if isinstance(members[0], Decimal):
        return {"NS": sorted(map(canonical, members))}
    return {"BS": sorted(bytes(member).hex() for member in members)}


def ion_of(item):
    """An item as amazon.ion writes it, with the annotations of DynamoDB's exports."""
    return IonPyDict.from_value(IonType.STRUCT, {name: ion_value(value) for name, value in item.items()})


def ion_value(value):
    tag, inner = value
    if tag == "N":
        return IonPyDecimal.from_value(IonType.DECIMAL, Decimal(inner))
    if tag == "B":
        return IonPyBytes.from_value(IonType.BLOB, inner)
    if tag == "L":
        return [ion_value(member) for member in inner]
    if tag == "M":
        return ion_of(inner)
    if tag == "NULL":
        return None
    if tag in ("SS", "NS", "BS"):
        members = [ion_value((tag[0], member)) for member in inner]
        return IonPyList.from_value(IonType.LIST, members, (f"$dynamodb_{tag}",))
    return inner


def ion_text(items):
    """One line for each, as in exports."""
    return "".join(simpleion.dumps({"Item": ion_of(item)}, binary=False) + "\n" for item in items)


def ion_binary(items):
    return simpleion.dumps([{"Item": ion_of(item)} for item in items], binary=True, sequence_as_stream=True)


def ion_reads(data):
    """The items of Ion, text or binary, in the form in which the tests compare."""
    found = []
    for value in simpleion.loads(data, single_value=False):
        for frame in value if value.ion_type is IonType.LIST else [value]:
            found.append(neutral_of_ion(frame["Item"] if list(frame) == ["Item"] else frame))
    return found


def neutral_of_ion(struct):
    # Of fields with one name, the last.
    return {name: neutral_ion_value(fields[-1]) for name, fields in fields_of(struct).items()}


def fields_of(struct):
    fields = {}
    for name, value in struct.iteritems() if hasattr(struct, "iteritems") else struct.items():
        fields.setdefault(name, []).append(value)
    return fields


def neutral_ion_value(value):
    kind = value.ion_type
    annotations = [annotation.text for annotation in value.ion_annotations]
    if annotations:
        (annotation,) = annotations
        tag = annotation.removeprefix("$dynamodb_")
        members = [neutral_ion_value(member)[tag[0]] for member in value]
        return {tag: sorted_text(members)}
    if isinstance(value, IonPyNull):
        return {"NULL": True}
    if kind is IonType.BOOL:
        return {"BOOL": bool(value)}
    if kind is IonType.INT:
        return {"N": canonical(Decimal(int(value)))}
    if kind is IonType.DECIMAL:
        return {"N": canonical(value)}
    if kind is IonType.STRING:
        return {"S": str(value)}
    if kind is IonType.BLOB:
        return {"B": bytes(value).hex()}
    if kind is IonType.LIST:
        return {"L": [neutral_ion_value(member) for member in value]}
    if kind is IonType.STRUCT:
        return {"M": neutral_of_ion(value)}
    raise ValueError(f"an item cannot hold {kind}")
