"""Figures as people read them, the same in terminals, Markdown and HTML. Leaves figures to others."""

from __future__ import annotations

from eval.stats import Estimate

LEAST_P = 0.001


def share(value: float) -> str:
    """.527 rather than 0.527, and 1 for certainty.

    >>> share(0.5271), share(1.0), share(0.0)
    ('.527', '1', '0')
    """
    return f"{value:.0f}" if value in (0.0, 1.0) else f"{value:.3f}".lstrip("0")


def signed(value: float) -> str:
    """A difference, with its sign.

    >>> signed(0.0521), signed(-0.0521), signed(0.0), signed(-1.0), signed(-0.0001)
    ('+.052', '−.052', '0', '−1', '−.000')
    """
    return share(0.0) if value == 0 else f"{'+' if value > 0 else '−'}{share(abs(value))}"


def interval(estimate: Estimate) -> str:
    """The ends of a share's interval.

    >>> interval(Estimate(value=0.5, low=0.25, high=1.0, n=4))
    '.250–1'
    """
    return f"{share(estimate.low)}–{share(estimate.high)}"


def signed_interval(estimate: Estimate) -> str:
    """The ends of a difference's interval.

    >>> signed_interval(Estimate(value=0.0, low=-0.25, high=0.25, n=4))
    '−.250 to +.250'
    """
    return f"{signed(estimate.low)} to {signed(estimate.high)}"


def p_text(p: float) -> str:
    """A p-value to three places; nothing is called impossible.

    >>> p_text(0.0421), p_text(0.00001), p_text(1.0)
    ('.042', '<.001', '1')
    """
    return "<.001" if p < LEAST_P else share(p)


def counted(n: int, noun: str) -> str:
    """A number and its noun.

    >>> counted(1, "question"), counted(1200, "document")
    ('1 question', '1,200 documents')
    """
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def milliseconds(value: float) -> str:
    """A time in milliseconds, with a place behind the point where it is short.

    >>> milliseconds(1234.5), milliseconds(4.25), milliseconds(0.02)
    ('1,234', '4.2', '0.0')
    """
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def listed(names: tuple[str, ...], most: int = 5) -> str:
    """The first names, and how many more.

    >>> listed(("a", "b", "c"), most=2)
    'a, b and 1 more'
    """
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
