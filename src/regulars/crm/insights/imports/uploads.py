"""The upload handler: every byte goes to the disk as it comes, and none beyond the limit."""

from __future__ import annotations

from pathlib import Path
from typing import IO, Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from regulars.crm.insights.imports import files
from regulars.crm.public_ids import new_public_id


class OnDisk(UploadedFile):
    """A file that lies whole in ``path``."""

    def __init__(self, path: Path, name: str, size: int) -> None:
        super().__init__(None, name, size=size)
        self.path = path


class StreamToDisk(FileUploadHandler):
    """Writes into ``place``; ``too_large`` tells that it stopped at the limit; all files of a request
    count together.
    """

    chunk_size = 1 << 20

    def __init__(self, request: Any, place: Path) -> None:
        super().__init__(request)
        self.place = place
        self.too_large = False
        self._left = files.limit()
        self._file: IO[bytes] | None = None
        self._path = place

    def new_file(self, *given: Any, **named: Any) -> None:
        super().new_file(*given, **named)
        self._path = self.place / new_public_id()
        self._file = self._path.open("wb")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._left -= len(raw_data)
        if self._left < 0:
            self.too_large = True
            self.upload_interrupted()
            raise StopUpload(connection_reset=True)
        assert self._file is not None
        self._file.write(raw_data)

    def file_complete(self, file_size: int) -> OnDisk:
        assert self._file is not None
        self._file.close()
        return OnDisk(self._path, self.file_name or "file", file_size)

    def upload_interrupted(self) -> None:
        if self._file is not None:
            self._file.close()
            self._path.unlink(missing_ok=True)
