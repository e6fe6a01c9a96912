"""Reads two exports of the same items from S3 with aws_dynamodb_io, and prints the items.

Arguments: the bucket, the folder of an export in DynamoDB JSON, that of one in Amazon Ion. The
environment says where S3 is. Fails where a count is wrong or the two hold different items.
"""

import base64
import json
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal

import boto3
from amazon.ion import simpleion
from amazon.ion.simple_types import IonPyNull
from aws_dynamodb_io.api import ExportJob

# The reader in C of amazon.ion refuses values and names of some 60 KB; that in Python takes them.
simpleion.c_ext = False


def opened(s3, bucket, folder):
    """The export, with what its three documents say of the number of its items."""
    job = ExportJob.from_s3_dir(s3, bucket, folder)
    summary = job.get_manifest_summary(None, s3)
    files = job.get_data_files(None, s3)
    assert summary.is_full_export() and job.is_completed()
    assert summary.item_count == job.item_count == sum(file.item_count for file in files)
    assert all(file.s3_key.startswith(folder + "/data/") for file in files)
    return job


def plain(value):
    """A value of DynamoDB JSON as amazon.ion gives it: sets are lists."""
    ((tag, inner),) = value.items()
    if tag == "M":
        return {name: plain(member) for name, member in inner.items()}
    if tag == "L":
        return [plain(member) for member in inner]
    if tag in ("SS", "NS", "BS"):
        return [plain({tag[0]: member}) for member in inner]
    if tag == "NULL":
        return None
    if tag == "N":
        return Decimal(inner)
    return base64.b64decode(inner) if tag == "B" else inner


def bare(value):
    """A value of amazon.ion, with the containers and the null of Python."""
    if isinstance(value, Mapping):
        return {name: bare(member) for name, member in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        return [bare(member) for member in value]
    return None if isinstance(value, IonPyNull) else value


def by_key(items):
    found = {(item["pk"], Decimal(item["sk"])): item for item in items}
    assert len(found) == len(items), "a key is there twice"
    return found


def main():
    bucket, json_folder, ion_folder = sys.argv[1:]
    s3 = boto3.client("s3")
    job = opened(s3, bucket, json_folder)
    items = list(job.read_dynamodb_json(None, s3))
    assert job.is_dynamodb_json_format() and len(items) == job.item_count

    job = opened(s3, bucket, ion_folder)
    ion = list(job.read_amazon_ion(None, s3))
    assert job.is_ion_format() and len(ion) == job.item_count
    expected = by_key([{name: plain(value) for name, value in item.items()} for item in items])
    found = by_key([bare(item) for item in ion])
    for key, item in expected.items():
        assert found.get(key) == item, f"the item {key} is another one in Ion"
    assert len(found) == len(expected)

    for item in items:
        print(json.dumps({"Item": item}))


main()
