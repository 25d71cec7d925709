"""Where a lake is kept, as the command line says it: a folder, or s3://bucket/prefix with options of the store."""

from __future__ import annotations

from collections.abc import Sequence

from regulars.errors import ParameterError


def storage_options(given: Sequence[str] | None) -> dict[str, str] | None:
    """KEY=VALUE, once for each option; None when there are none.

    Raises ParameterError that names the option by its number only: what is written there may be a secret.
    """
    options = {}
    for number, text in enumerate(given or (), 1):
        key, sign, value = text.partition("=")
        if not key or not sign:
            raise ParameterError(
                "storage_option",
                "--storage-option number {number} is not KEY=VALUE.",
                "For example --storage-option AWS_REGION=cn-north-1.",
                number=number,
            )
        options[key] = value
    return options or None
