"""The file that a workbook is: as a download, and as a file of a command."""

from contextlib import contextmanager, suppress
from io import BytesIO

from django.core.management import CommandError
from django.http import FileResponse

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(file, name, *, content_type=XLSX):
    """The binary file `file`, whole, as a download called `name`."""
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=content_type)


REASONS = {
    FileNotFoundError: "de map bestaat niet",
    NotADirectoryError: "de map bestaat niet",
    IsADirectoryError: "dat is een map",
    PermissionError: "u mag daar niet schrijven",
}


@contextmanager
def whole_file(path):
    """A file in memory that takes its place at `path` when it is finished; nothing is left when that fails."""
    file = BytesIO()
    yield file
    partial = path.with_name(f".{path.name}.deel")
    try:
        partial.write_bytes(file.getvalue())
        partial.replace(path)
    except OSError as error:
        with suppress(OSError):
            partial.unlink()
        reason = REASONS.get(type(error), error.strerror)
        raise CommandError(f"{path} kan niet worden geschreven: {reason}.") from error
