"""Where photos and files are kept: a folder, or a bucket of an S3-compatible store.

A file is there whole or not at all, and what was kept outlasts a power cut.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from storage.bucket import Bucket, open_bucket
from storage.folder import Folder

S3: Final = "s3://"
NONE: Final[Mapping[str, str]] = {}


def open_files(place: str, keys: Mapping[str, str] = NONE) -> Folder | Bucket:
    """Return the files of a folder, or of `s3://BUCKET/PREFIX`.

    `keys` are variables such as AWS_REGION that win over those of the environment.
    Raises StoreUnavailable where they make no sense.
    """
    if place.startswith(S3):
        return open_bucket(place.removeprefix(S3), keys)
    return Folder(Path(place))
