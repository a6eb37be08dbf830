"""The blocks in their bucket, every version of them: a second one is a fork."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_s3 import S3Client

ROOT = "blocks/"


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands at a height: its versions, newest first, and how often it was hidden."""

    height: int
    versions: tuple[str, ...]
    hidden: int


@dataclass(frozen=True, slots=True)
class LockedChain:
    """A deployment's bucket."""

    s3: S3Client
    bucket: str

    def tenants(self) -> list[str]:
        """Return the tenants that have blocks."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=ROOT, Delimiter="/"
        )
        return [
            prefix["Prefix"].removeprefix(ROOT).rstrip("/")
            for page in pages
            for prefix in page.get("CommonPrefixes", [])
        ]

    def standing(self, tenant: str, start: int = 0) -> Iterator[Standing]:
        """Yield what stands at each height from `start` on, in order."""
        listed = self._listed(tenant, start)
        for key, group in groupby(listed, key=lambda one: one[0]):
            found = list(group)
            number = key.rpartition("/")[2].removesuffix(".json")
            if not (number.isascii() and number.isdigit()):
                continue  # not a block's place: nothing that the sealer or a reader looks at
            versions = tuple(version for _, version in found if version is not None)
            yield Standing(int(number), versions, len(found) - len(versions))

    def first(self, tenant: str, height: int, version: str) -> tuple[bytes, bool]:
        """Return one version's bytes, and whether it was locked."""
        answer = self.s3.get_object(
            Bucket=self.bucket, Key=place(tenant, height), VersionId=version
        )
        return answer["Body"].read(), "ObjectLockMode" in answer

    def newest(self, tenant: str, height: int) -> bytes | None:
        """Return what a reader without a version gets; None when there is nothing."""
        try:
            answer = self.s3.get_object(Bucket=self.bucket, Key=place(tenant, height))
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchKey":
                return None
            raise
        return answer["Body"].read()

    def _listed(self, tenant: str, start: int) -> Iterator[tuple[str, str | None]]:
        """Yield keys with a version's id, or None for a marker that hides the object."""
        request: dict[str, Any] = {"Bucket": self.bucket, "Prefix": f"{ROOT}{tenant}/"}
        if start:
            request["KeyMarker"] = place(tenant, start - 1)
        for page in self.s3.get_paginator("list_object_versions").paginate(**request):
            rows: list[tuple[str, str | None]] = [
                (version["Key"], version["VersionId"]) for version in page.get("Versions", [])
            ]
            rows += [(marker["Key"], None) for marker in page.get("DeleteMarkers", [])]
            yield from sorted(rows, key=lambda row: row[0])  # stable: newest version first


def place(tenant: str, height: int) -> str:
    """Return a block's key."""
    return f"{ROOT}{tenant}/{height:012d}.json"
