"""Where the judged sets lie. Leaves reading them to each benchmark."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def data_folder(name: str = "") -> Path:
    """``COVENANT_DATA`` or a set below it; ends the program with one line where it is not there."""
    root = os.environ.get("COVENANT_DATA", "")
    folder = Path(root) / name
    if not root or not folder.is_dir():
        sys.exit(f"{folder if root else 'COVENANT_DATA'} is not there; set COVENANT_DATA to the judged sets")
    return folder
