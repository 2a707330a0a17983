"""Collections: the access label that every document has one of. What names they may have, and the default.

Which documents are of which is ``rag.catalog``'s to say, what a caller may ask ``rag.access``'s.
"""

from __future__ import annotations

import re

from rag.errors import UsageError

DEFAULT_COLLECTION = "default"
"""Where documents are that nobody put elsewhere."""
PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
"""Such names can be a folder's, and part of a command line, as they are."""


def checked_collection(name: str) -> str:
    """The name itself.

    Raises:
        UsageError: it cannot be a collection's.

    >>> checked_collection("deal-7")
    'deal-7'
    """
    if re.match(PATTERN, name) is None or name.endswith("\n"):
        raise UsageError(
            f"{name[:80]!r} cannot name a collection",
            "take up to 64 letters, digits, '.', '_' and '-', the first a letter or digit",
        )
    return name
