"""Reads tables as spreadsheets save them, in any separator and encoding that they choose.

Knows nothing of what stands in them.
"""

import csv
import io

_SEPARATORS = "\t;,"

Rows = tuple[tuple[str, ...], ...]


def read_table(data: bytes) -> Rows:
    """The rows that are not empty, with their cells stripped."""
    lines = [line for line in _decoded(data).splitlines() if line.strip()]
    separator = max(_SEPARATORS, key=lambda mark: sum(mark in line for line in lines))
    rows = csv.reader(io.StringIO("\n".join(lines)), delimiter=separator)
    return tuple(row for row in (tuple(map(str.strip, row)) for row in rows) if any(row))


def _decoded(data: bytes) -> str:
    """Text in UTF-8, in UTF-16 with its mark, or as western Windows writes it."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
