"""A lake in an object store: ``s3://bucket/prefix`` of Amazon S3 or of a store that speaks its language.

The Delta library writes the log, because it alone knows how to commit with a conditional put; data files go through
pyarrow, which reads ranges and lets other threads go on meanwhile. Both get the same address and the same credentials,
so that one cannot reach what the other does not. Options are secrets: they are shown nowhere.
"""

from __future__ import annotations

import functools
import os
import re
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.fs
from deltalake.fs import DeltaStorageHandler

from regulars.lake import faults
from regulars.lake.records import Entry

KEYS = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_REGION",
    "AWS_ENDPOINT_URL",
    "AWS_ALLOW_HTTP",
    "AWS_VIRTUAL_HOSTED_STYLE_REQUEST",
)
"""What may be said about a store, as an option or in the environment."""

_ALSO = {"AWS_DEFAULT_REGION": "AWS_REGION", "AWS_ENDPOINT_URL_S3": "AWS_ENDPOINT_URL"}
_TRUE = ("true", "1", "yes", "on")
_TIMES = {"connect_timeout": "10s", "timeout": "120s", "max_retries": "4", "retry_timeout": "60s"}
"""A store that is not there is said within a minute, not in three."""


@dataclass(frozen=True)
class Objects:
    """A prefix of a bucket; ``options`` are pairs of ``KEYS`` and values."""

    bucket: str
    prefix: str
    options: tuple[tuple[str, str], ...] = field(repr=False)

    durable = True
    remote = True

    @classmethod
    def at(cls, place: str, options: Mapping[str, str], environment: Mapping[str, str] | None = None) -> Objects:
        """LakeError for a name that is none, and for an option that is not known (its value is not repeated)."""
        bucket, _, prefix = place.partition("/")
        prefix = prefix.strip("/")
        if not bucket or re.search(r"[%?#\\]|//|(^|/)\.{1,2}(/|$)", prefix):
            raise faults.unusable_address(f"s3://{place}")
        given = {_key(name): value for name, value in options.items()}
        said = {**_from_environment(os.environ if environment is None else environment), **given}
        if ("AWS_ACCESS_KEY_ID" in said) != ("AWS_SECRET_ACCESS_KEY" in said):
            raise faults.half_a_key()
        return cls(bucket, prefix, tuple(sorted(said.items())))

    @property
    def root(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}".rstrip("/")

    @property
    def delta_options(self) -> dict[str, str]:
        return {"AWS_REGION": "us-east-1", **dict(self.options), **_TIMES}

    @property
    def scratch(self) -> str:
        return tempfile.gettempdir()

    @property
    def _files(self) -> Any:
        return _connected(self.options)

    def _key(self, name: str) -> str:
        return "/".join(part for part in (self.bucket, self.prefix, name) if part)

    def path(self, name: str) -> str:
        return f"{self.root}/{name}"

    def exists(self, name: str) -> bool:
        with _told(self.path(name)):
            return bool(self._files.get_file_info(self._key(name)).type != pa.fs.FileType.NotFound)

    def write(self, name: str, data: Any) -> None:
        try:
            # compression=None: pyarrow would compress by the ending of the name.
            with self._files.open_output_stream(self._key(name), compression=None) as stream:
                stream.write(data)
        except OSError as error:
            raise faults.cannot_write(self.path(name), faults.plain(error)) from error

    def settle(self, *names: str) -> None:
        """Nothing: what a store has acknowledged is kept."""

    def read(self, name: str) -> bytes:
        with _told(self.path(name)), self._files.open_input_file(self._key(name)) as file:
            return bytes(file.read())

    def map(self, name: str) -> Any:
        with _told(self.path(name)):
            return self._files.open_input_file(self._key(name))

    def remove(self, name: str) -> None:
        # Not through pyarrow, which would leave an empty object in place of the folder.
        try:
            _deleting(self.root, tuple(self.delta_options.items())).delete_file(name)
        except FileNotFoundError:
            pass
        except OSError as error:
            raise faults.cannot_write(self.path(name), faults.plain(error)) from error

    def remove_folder(self, name: str) -> None:
        for entry in list(self.entries(name)):
            self.remove(entry.name)

    def sizes(self, folder: str, names: Sequence[str]) -> Mapping[str, int]:
        """From one listing: a thousand names a round trip instead of one."""
        found = {entry.name: entry.size for entry in self.entries(folder)}
        return {name: found[name] for name in names if name in found}

    def entries(self, folder: str) -> Iterator[Entry]:
        start = len(self._key("")) + 1
        now = time.time()
        with _told(self.path(folder)):
            found = self._files.get_file_info(
                pa.fs.FileSelector(self._key(folder), allow_not_found=True, recursive=True)
            )
        for about in found:
            if about.is_file:
                yield Entry(about.path[start:], about.size, now - about.mtime.timestamp())


class _told:
    """What a store answers, as errors of a lake."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, _trace: Any) -> None:
        if isinstance(error, FileNotFoundError):
            raise faults.missing_file(self._path) from None
        if isinstance(error, OSError):
            raise faults.cannot_read(self._path, faults.plain(error)) from error


def _key(name: str) -> str:
    upper = name.upper()
    key = upper if upper.startswith("AWS_") else f"AWS_{upper}"
    key = _ALSO.get(key, key)
    if key not in KEYS:
        raise faults.unknown_option(name, KEYS)
    return key


def _from_environment(environment: Mapping[str, str]) -> dict[str, str]:
    also = {key: environment[name] for name, key in _ALSO.items() if environment.get(name)}
    return also | {key: environment[key] for key in KEYS if environment.get(key)}


@functools.lru_cache(maxsize=16)
def _deleting(root: str, options: tuple[tuple[str, str], ...]) -> Any:
    return DeltaStorageHandler(root, dict(options))


@functools.lru_cache(maxsize=16)
def _connected(options: tuple[tuple[str, str], ...]) -> Any:
    said = dict(options)
    scheme, _, host = said.get("AWS_ENDPOINT_URL", "").rpartition("://")
    return pa.fs.S3FileSystem(
        access_key=said.get("AWS_ACCESS_KEY_ID"),
        secret_key=said.get("AWS_SECRET_ACCESS_KEY"),
        session_token=said.get("AWS_SESSION_TOKEN"),
        region=said.get("AWS_REGION", "us-east-1"),
        endpoint_override=host.rstrip("/") or None,
        scheme=scheme or "https",
        force_virtual_addressing=said.get("AWS_VIRTUAL_HOSTED_STYLE_REQUEST", "").lower() in _TRUE,
        background_writes=False,
        allow_delayed_open=True,
        connect_timeout=10,
        request_timeout=120,
        retry_strategy=pa.fs.AwsStandardS3RetryStrategy(max_attempts=5),
    )
