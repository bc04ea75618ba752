"""Executes a notebook with the kernel it asks for and writes the executed notebook to standard output as JSON.

Cell errors end up in the outputs: the caller decides which of them are meant to be.
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

CELL_SECONDS = 120

# The notebook is UTF-8 whatever the locale says.
sys.stdout.reconfigure(encoding="utf-8")

path = Path(sys.argv[1])
notebook = nbformat.read(path, as_version=4)
nbformat.validate(notebook)
NotebookClient(
    notebook,
    timeout=CELL_SECONDS,
    allow_errors=True,
    resources={"metadata": {"path": str(path.parent)}},
).execute()
nbformat.write(notebook, sys.stdout)
