"""A store that speaks as S3 does, for tests: one a test process, a bucket a test."""

import itertools
import logging
from functools import cache
from typing import Any, Final

import boto3
from moto.server import ThreadedMotoServer

_numbers = itertools.count()
SECRET: Final = "canary-of-a-secret-key"  # noqa: S105 - it opens nothing


@cache
def endpoint() -> str:
    """Start a server that ends with this process; return its address."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    return f"http://{host}:{port}"


def keys() -> dict[str, str]:
    """Return the variables that lead there."""
    return {
        "AWS_ENDPOINT_URL": endpoint(),
        "AWS_ACCESS_KEY_ID": "access",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_REGION": "us-east-1",
    }


def client() -> Any:  # noqa: ANN401 - made at run time
    """Return a client that nobody here wrote."""
    return boto3.client(
        "s3",
        endpoint_url=endpoint(),
        aws_access_key_id="access",
        aws_secret_access_key=SECRET,
        region_name="us-east-1",
    )


def fresh_bucket() -> str:
    """Make a bucket with nothing in it; return its name."""
    name = f"shop-{next(_numbers)}"
    client().create_bucket(Bucket=name)
    return name


def held(bucket: str) -> dict[str, bytes]:
    """Return all that a bucket holds."""
    s3 = client()
    found = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
    return {
        each["Key"]: s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read()
        for each in found
    }


def unfinished(bucket: str) -> list[Any]:
    """Return the uploads that were begun and neither ended nor given up."""
    return list(client().list_multipart_uploads(Bucket=bucket).get("Uploads", []))
