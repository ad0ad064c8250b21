"""Notebooks in a few lines of Python: cells as texts, the kind by a mark at their head."""

import json
from typing import Any

MARKDOWN = "md:"
RAW = "raw:"


def notebook(*cells: str | tuple[str, dict[str, Any]], outputs: str = "") -> bytes:
    """A notebook of version 4; a cell that begins with `md:` is Markdown, with `raw:` raw.

    Args:
        cells: their texts, or texts with the cells' metadata.
        outputs: text that each code cell has printed.
    """
    made = [
        _cell(*cell, outputs) if isinstance(cell, tuple) else _cell(cell, {}, outputs)
        for cell in cells
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def _cell(text: str, metadata: dict[str, Any], outputs: str) -> dict[str, Any]:
    if text.startswith(MARKDOWN):
        source = text.removeprefix(MARKDOWN).lstrip("\n").splitlines(keepends=True)
        return {"cell_type": "markdown", "metadata": metadata, "source": source}
    if text.startswith(RAW):
        return {"cell_type": "raw", "metadata": metadata, "source": text.removeprefix(RAW)}
    printed = [{"output_type": "stream", "name": "stdout", "text": outputs}] if outputs else []
    return {
        "cell_type": "code",
        "execution_count": 1,
        "metadata": metadata,
        "outputs": printed,
        "source": text.splitlines(keepends=True),
    }
