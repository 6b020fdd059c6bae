"""Uploads stay in memory: nothing lies in a folder that others can read. Only the import of the desk takes files."""

from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.urls import reverse


class ImportUploadHandler(MemoryFileUploadHandler):
    """Takes what is sent to the import, up to its limit. Elsewhere files are passed over: nobody fills memory."""

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *args: Any, **kwargs: Any) -> None:
        super().handle_raw_input(input_data, META, content_length, *args, **kwargs)
        is_import = self.request is not None and self.request.path == reverse("admin:patterns_pattern_import")
        self.activated = self.activated and is_import
