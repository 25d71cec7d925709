"""The ways a lake can be wrong, each one error with what to do about it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from regulars.errors import LakeError

_PAINT = re.compile(r"\x1b\[[0-9;]*m|↳")


def plain(error: BaseException) -> str:
    """The text of another library's error on one line, without colours."""
    return " ".join(_PAINT.sub("", str(error)).split()).rstrip(".")


def not_a_lake(path: str) -> LakeError:
    return LakeError(
        "lake_missing",
        "{path} is not a lake of Regulars.",
        "Name the folder that an earlier run made with --lake, or a new one to create it.",
        path=path,
    )


def lake_exists(path: str) -> LakeError:
    return LakeError(
        "lake_exists", "There is a lake in {path} already.", "Open it, or choose another folder.", path=path
    )


def newer_format(path: str, found: str, expected: int) -> LakeError:
    return LakeError(
        "lake_format",
        "The lake in {path} has format {found}; this version of Regulars knows formats up to {expected}.",
        "Use a newer version of Regulars, the one that wrote it last.",
        path=path,
        found=found,
        expected=expected,
    )


def missing_file(path: str) -> LakeError:
    return LakeError(
        "lake_file_missing",
        "The lake's file {path} is missing.",
        "Restore the file from a backup, or load the source files into a new lake.",
        path=path,
    )


def damaged(path: str, what: str) -> LakeError:
    return LakeError(
        "lake_damaged",
        "The lake is damaged: {path}: {what}.",
        "Restore the file from a backup, or load the source files into a new lake.",
        path=path,
        what=what,
    )


def wrong_size(path: str) -> LakeError:
    return damaged(path, "its size is not the one that was committed")


def unknown_version(version: int, latest: int) -> LakeError:
    return LakeError(
        "lake_version_unknown",
        "The lake has no version {version}; the latest is {latest}.",
        "List the versions that exist.",
        version=version,
        latest=latest,
    )


def version_gone(version: int) -> LakeError:
    return LakeError(
        "lake_version_gone",
        "Version {version} of the lake can no longer be read: vacuum has taken files of it.",
        "Pin the versions to keep when calling vacuum, or keep them longer.",
        version=version,
    )


def already_gone(version: int) -> LakeError:
    return LakeError(
        "lake_keep_gone",
        "Version {version} cannot be kept: an earlier vacuum has taken files of it.",
        "Nothing was deleted. Leave it out.",
        version=version,
    )


def not_known_yet(when: str, first: str) -> LakeError:
    return LakeError(
        "lake_not_known_yet",
        "The lake did not exist at {when}; it was created at {first}.",
        "Ask for a later moment.",
        when=when,
        first=first,
    )


def busy(attempts: int) -> LakeError:
    return LakeError(
        "lake_busy",
        "Other processes changed the lake each of the {attempts} times this one was about to.",
        "Nothing was changed. Try again when they have finished.",
        attempts=attempts,
    )


def unsupported_store(path: str) -> LakeError:
    return LakeError(
        "lake_store",
        "A lake cannot be kept in {path}.",
        "A lake lives in a folder, or in an object store: s3://bucket/prefix.",
        path=path,
    )


def unusable_address(path: str) -> LakeError:
    return LakeError(
        "lake_address",
        "{path} does not name a place in an object store.",
        "Write s3://bucket/prefix, without %, ?, #, a backslash, or empty parts.",
        path=path,
    )


def unknown_option(name: str, known: Sequence[str]) -> LakeError:
    return LakeError(
        "lake_option",
        "There is no storage option {name}.",
        "There are: {known}.",
        name=name,
        known=", ".join(known),
    )


def half_a_key() -> LakeError:
    return LakeError(
        "lake_credentials",
        "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY belong together; only one of them is given.",
        "Give both, or neither where the machine has a role of its own.",
    )


def needless_options(path: str) -> LakeError:
    return LakeError(
        "lake_options",
        "{path} is a folder; storage options are for an object store.",
        "Leave --storage-option out, or name s3://bucket/prefix.",
        path=path,
    )


def unfit_store(path: str, what: str) -> LakeError:
    return LakeError(
        "lake_store_unfit",
        "No lake can be written safely in {path}: {what}.",
        "Two writers could overwrite each other there, so nothing was written. Use a store with conditional writes "
        "(If-None-Match, as Amazon S3, MinIO, Ceph and Cloudflare R2 have), or a file system with hard links.",
        path=path,
        what=what,
    )


def cannot_read(path: str, reason: str) -> LakeError:
    return LakeError(
        "lake_read",
        "The lake could not be read at {path}: {reason}.",
        "Check the address, the network and the permissions, and try again.",
        path=path,
        reason=reason,
    )


def unusable_path(path: str) -> LakeError:
    return LakeError(
        "lake_path",
        "A lake cannot be kept in {path}: the name has a backslash, or a % followed by two hexadecimal digits.",
        "Choose another folder name.",
        path=path,
    )


def cannot_write(path: str, reason: str) -> LakeError:
    return LakeError(
        "lake_write",
        "The lake could not be written at {path}: {reason}.",
        "Nothing was changed. Check free space and permissions and try again.",
        path=path,
        reason=reason,
    )


def wrong_column(table: str, column: str, what: str) -> LakeError:
    return LakeError(
        "lake_rows",
        "The rows given as {table} cannot be stored: column {column}: {what}.",
        "This is the form in which rows are handed to the lake, not a property of the file they came from.",
        table=table,
        column=column,
        what=what,
    )


def order_twice(order_id: str, customer_id: str | None) -> LakeError:
    return LakeError(
        "lake_order_twice",
        "Order {order_id} of customer {customer_id} comes twice in one load.",
        "An order is one row; unite its rows before loading.",
        order_id=order_id,
        customer_id=customer_id or "—",
    )


def partly_taken(taken: int, given: int) -> LakeError:
    return LakeError(
        "lake_partly_taken",
        "{taken} of the {given} files were loaded before, and some orders carry no order id.",
        "Load the new files alone: without an order id an order cannot be recognised when it comes again.",
        taken=taken,
        given=given,
    )


def too_many_customers(count: int, most: int) -> LakeError:
    return LakeError(
        "lake_full",
        "The lake would hold {count} customers; it can hold {most}.",
        "Split the customers over several lakes.",
        count=count,
        most=most,
    )


def not_empty(path: str) -> LakeError:
    return LakeError(
        "lake_not_empty",
        "The lake in {path} holds customers or orders already.",
        "A bulk load brings its own customer keys and needs a new lake.",
        path=path,
    )


def identity_problem(what: str) -> LakeError:
    return LakeError(
        "lake_identity",
        "The customers cannot be joined: {what}.",
        "Name existing customers, and no circle of them.",
        what=what,
    )
