"""What a job came to, in a few figures: read from what its command printed and how it ended.

The words of documents stay out of it, so that nothing has to be forgotten with a document.
"""

from __future__ import annotations

import json
import signal
from collections.abc import Mapping, Sequence
from typing import Any

from service.job_store import End

_KEPT: Mapping[str, Sequence[str]] = {
    "ingest": ("documents", "pages", "chunks"),
    "eval": ("run", "name", "n"),
    "label": ("items", "questions"),
    "tune": ("release", "promoted", "reason"),
    "retune": ("release", "promoted", "reason"),
    "promote": ("release", "before"),
    "rollback": ("release", "before"),
}
_PREFIX = "covenant: "
_PARTLY = 1
_REFUSED = 2


def end_of(kind: str, code: int, printed: str, log: Sequence[str]) -> End:
    """How a job ended whose command ended with ``code``, having printed that and logged those lines.

    >>> end_of("label", 0, '{"items": 12, "questions": 3, "conflicts": []}', []).result
    {'items': 12, 'questions': 3}
    >>> end_of("eval", 2, "", ["covenant: cannot read q.jsonl; check the path"]).error["remedy"]
    'check the path'
    """
    found = printed_object(printed)
    if code == 0 and found is not None:
        return End(status="done", result=_figures(kind, found))
    if code == _PARTLY and found is not None:
        error = _error("incomplete", "a part of the work failed", "the log says which; start it again")
        return End(status="done", result=_figures(kind, found), error=error)
    if code == _REFUSED:
        return End(status="failed", error=_error("refused", *refusal(log)))
    if code < 0:
        name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
        told = f"its process was ended by {name}"
        return End(status="failed", error=_error("killed", told, "see the machine's memory, then resume it"))
    return End(status="failed", error=_error("internal", "it broke off", "see its log, then resume it"))


def refusal(log: Sequence[str]) -> tuple[str, str]:
    """Why a command was refused and what to do about it, by the lines that it logged.

    >>> refusal(["reading", "covenant: cannot read q.jsonl; check the path"])
    ('cannot read q.jsonl', 'check the path')
    """
    told = next((line for line in reversed(log) if line.startswith(_PREFIX)), "")
    message, _, remedy = told.removeprefix(_PREFIX).rpartition("; ")
    return message or told or "it was refused", remedy


def _figures(kind: str, found: Mapping[str, Any]) -> dict[str, Any]:
    return {name: found[name] for name in _KEPT.get(kind, ()) if name in found}


def printed_object(printed: str) -> dict[str, Any] | None:
    """The JSON object that a command has printed; None where it is none."""
    try:
        found = json.loads(printed)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _error(code: str, message: str, remedy: str) -> dict[str, str]:
    return {"code": code, "message": message, "remedy": remedy}
