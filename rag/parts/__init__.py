"""Questions that ask for several things at once: taken apart into questions for one value each.

"Which of A and B has the higher fee?" asks for A's fee and for B's; "the cushion of the Class C ratio over
its required level" for what the ratio is and for what it has to be; "the sizes of Class C and Class D
together" for two sizes. Each part is asked for itself, and what is found is put together by the plan's
operation. Rules over the forms that English has for this; a question of no such form, or of more parts than
a question may cost, has no plan. Leaves asking the parts to ``rag.pipeline``, putting together to
``rag.generator.composed``.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.parts.compared import compared
from rag.parts.plan import Named, Operation, Part, Plan
from rag.parts.within import within

__all__ = ["Named", "Operation", "Part", "Plan", "taken_apart"]

_LONGEST = 600
_MOST = 8
"""Parts of a question, at most: each is searched for by itself."""


def taken_apart(question: str, names: Sequence[Named] = ()) -> Plan | None:
    """The plan of a question, None where it has none; ``names`` are those in it.

    >>> plan = taken_apart("What is the total interest paid on Class C and Class D?")
    >>> plan.operation, [part.question for part in plan.parts]
    ('sum', ['What is the interest paid on Class C?', 'What is the interest paid on Class D?'])
    """
    if len(question) > _LONGEST:
        return None
    groups = {one.documents for one in names}
    plan = compared(question, names) if len(groups) > 1 else within(question, names)
    return plan if plan is None or len(plan.parts) <= _MOST else None
