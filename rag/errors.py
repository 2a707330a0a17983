"""Every error a user can cause, in one tree. Each says what happened and what to do about it.

    CovenantError
    ├── UsageError              the request cannot be carried out as asked (exit code 2, HTTP 4xx)
    │   ├── SettingsError         unknown key, wrong type, value out of range
    │   ├── WorkspaceError        no workspace there, or not one that this release reads
    │   │   └── WorkspaceBusyError    another process is writing to it
    │   ├── SourceError           a path to ingest or evaluate is missing or cannot be read
    │   ├── QuestionError         empty or too long
    │   ├── UnknownDocumentError  no document of that name or id
    │   ├── EmptyIndexError       nothing was ingested yet
    │   ├── ReleaseError          no such release, one that was changed, or one that cannot be put in use
    │   └── DamagedIndexError     an index file is missing, was changed, or is another release's
    ├── DocumentError           one file cannot be read; the run reports it and goes on
    ├── VectorStoreError        an external vector store fails or cannot be reached
    ├── StorageError            the disk is full or not writable
    ├── ModelError              weights are missing, changed or of the wrong shape
    │   └── EndpointError         an LLM's endpoint does not answer, or refuses
    └── MissingExtraError       an optional package is not installed

Which exit code or HTTP status an error gets is decided where the command or the service ends, not here.
"""

from __future__ import annotations

from pathlib import Path


class CovenantError(Exception):
    """The root: ``message`` says what and why, ``remedy`` what to do."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __reduce__(self) -> tuple[object, ...]:
        """Errors cross process borders as they are, whatever their constructors take."""
        return (_as_it_was, (type(self), self.args, self.__dict__))

    def __str__(self) -> str:
        """One line: the message, then the remedy."""
        return f"{self.message}; {self.remedy}"


def _as_it_was(
    kind: type[CovenantError], args: tuple[object, ...], state: dict[str, object]
) -> CovenantError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class UsageError(CovenantError):
    """The request cannot be carried out as asked."""


class SettingsError(UsageError):
    """A setting is unknown, of the wrong type or out of range."""


class WorkspaceError(UsageError):
    """There is no workspace at that place, or it is in use."""


class WorkspaceBusyError(WorkspaceError):
    """Another process is writing to the workspace, or tunes it: later the same may be done."""


class SourceError(UsageError):
    """A path given as input is missing or cannot be read."""


class QuestionError(UsageError):
    """The question is empty or too long."""


class UnknownDocumentError(UsageError):
    """No document goes by that name or id."""


class EmptyIndexError(UsageError):
    """Nothing has been indexed yet."""


class ReleaseError(UsageError):
    """There is no such release, it was changed, or it cannot be put in use."""


class DamagedIndexError(UsageError):
    """A file of an index is missing, was changed, or was written by another release."""

    @classmethod
    def of(cls, folder: Path, error: Exception) -> DamagedIndexError:
        """For what went wrong with the files of a folder."""
        return cls(
            f"the index in {folder} is damaged ({type(error).__name__}: {error})",
            f"remove {folder} and run covenant ingest again; vectors are kept",
        )


class DocumentError(CovenantError):
    """One file cannot be read as a document; ``reason`` is a short tag for reports and counts."""

    def __init__(self, reason: str, message: str, remedy: str) -> None:
        super().__init__(message, remedy)
        self.reason = reason


class StorageError(CovenantError):
    """The disk is full or cannot be written."""


class VectorStoreError(CovenantError):
    """An external vector store fails or cannot be reached."""


class ModelError(CovenantError):
    """Model weights are missing, were changed or do not fit."""


class EndpointError(ModelError):
    """An LLM's endpoint does not answer, or refuses; ``reason`` is a few words that anybody may read."""

    def __init__(self, reason: str, message: str, remedy: str) -> None:
        super().__init__(message, remedy)
        self.reason = reason


class MissingExtraError(CovenantError):
    """An optional package is needed and not installed; names the extra that brings it."""

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(
            f"{feature} needs packages that are not installed",
            f"run: pip install 'covenant-qa[{extra}]'",
        )
