"""What an installation can be told, by environment variables (``REGULARS_…``) or the file ``regulars.env`` of its data
folder. One class, documented by itself: the reference page is written from the descriptions here.
"""

from __future__ import annotations

import os
import secrets
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

DATA_VARIABLE = "REGULARS_DATA"


def default_data_folder() -> Path:
    """``REGULARS_DATA``, else ``regulars-data`` in the working folder."""
    return Path(os.environ.get(DATA_VARIABLE) or "regulars-data").absolute()


class Options(BaseSettings):
    """Settings of an installation; every field is an environment variable with the prefix ``REGULARS_``."""

    model_config = SettingsConfigDict(env_prefix="REGULARS_", extra="ignore", populate_by_name=True)

    data: Path = Field(default_factory=default_data_folder, description="Folder of the database, the lake and uploads.")
    database_url: str = Field(
        default="",
        alias="DATABASE_URL",
        description="postgresql://user:password@host/name; empty: SQLite in the data folder.",
    )
    name: str = Field(default="", description="Name of the business, shown at the top of every page.")
    lake: str = Field(default="", description="Where the orders lie; empty: the folder lake in the data folder.")
    hosts: Annotated[list[str], NoDecode] = Field(
        default_factory=lambda: ["localhost", "127.0.0.1", "[::1]"],
        description="Host names the server answers to, comma-separated.",
    )
    production: bool = Field(default=False, description="HTTPS is expected: secure cookies, HSTS, redirects.")
    timezone: str = Field(default="Asia/Shanghai", description="The business time zone: where a day begins and ends.")
    language: Literal["zh", "en"] = Field(
        default="zh", description="Language where neither a person nor their browser says."
    )
    currency: str = Field(default="CNY", description="Currency of an installation without orders.")
    nightly: str = Field(
        default="02:00", description="When the nightly run begins, in the business time zone; empty: never."
    )
    runs_kept_days: int = Field(
        default=30, ge=1, le=3660, description="Days for which the last run of each day is kept; month ends always are."
    )
    job_threads: int = Field(default=2, ge=1, le=32, description="Jobs that the worker does at the same time.")
    workers: int = Field(default=2, ge=1, le=64, description="Web worker processes.")
    upload_limit_mb: int = Field(default=2048, ge=1, description="Largest file that may be uploaded.")
    email_url: str = Field(
        default="", description="smtp://user:password@host:port for mails; empty: mails are written to a folder."
    )
    oidc_issuer: str = Field(default="", description="Address of an OpenID Connect provider; empty: none.")
    oidc_client_id: str = Field(default="", description="Client id at the provider.")
    oidc_client_secret: str = Field(default="", description="Client secret at the provider.")
    oidc_name: str = Field(default="SSO", description="What the sign-in button calls the provider.")

    @property
    def lake_location(self) -> str:
        return self.lake or str(self.data / "lake")

    def secret(self) -> str:
        """The secret of this installation, made at the first start and kept in the data folder for its owner alone."""
        path = self.data / "secret.key"
        if not path.exists():
            self.data.mkdir(parents=True, exist_ok=True)
            fresh = path.with_suffix(f".{os.getpid()}")
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(48))
            try:
                os.link(fresh, path)  # the first of several processes wins, whole
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        return path.read_text().strip()


@cache
def options() -> Options:
    """The settings of this process, read once."""
    folder = default_data_folder()
    return Options(_env_file=folder / "regulars.env")  # type: ignore[call-arg]
