"""What a release needs before it is put in use: an index of its embedder's, and a pipeline that opens.

Leaves whether it may be used to ``rag.releases``.
"""

from __future__ import annotations

from contextlib import suppress

from ingest.indexing import index_aside
from ingest.progress import Progress
from rag.assembly import open_pipeline
from rag.errors import EmptyIndexError
from rag.releases import Release, apply, index_ready
from rag.settings import Settings
from rag.workspace import Workspace


def needs_index(workspace: Workspace, release: Release) -> bool:
    """Whether an index has to be made first, which takes as long as embedding the library."""
    return not index_ready(workspace, release.index) or (
        release.index is None and "embedder" in release.settings
    )


def prepare_release(workspace: Workspace, settings: Settings, release: Release, progress: Progress) -> None:
    """Make the index that a release needs, beside the one in use, and see that a pipeline of it opens.

    Raises:
        CovenantError: it does not; nothing was switched.
    """
    if needs_index(workspace, release):
        index_aside(workspace, apply(settings, release), progress)
    check_opens(workspace, settings, release)


def check_opens(workspace: Workspace, settings: Settings, release: Release) -> None:
    """See that a pipeline of a release opens; an empty library is no hindrance.

    Raises:
        CovenantError: it does not.
    """
    with suppress(EmptyIndexError), open_pipeline(workspace, settings, release):
        pass
