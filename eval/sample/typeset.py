"""From numbered parts and definitions to blocks: headings, indents and definition heads of a house style."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from eval.sample.blocks import Block, Paragraph, Quote
from eval.sample.drafting import Style
from eval.sample.template import Clause, Definition, Part

_STEP = 28.0
_VERBS = {"means": "means", "bold": "shall mean", "colon": ""}
_POINTERS = {
    "means": "has the meaning specified in",
    "bold": "shall have the meaning assigned to such term in",
    "colon": "The meaning specified in",
}


def set_part(part: Part, style: Style, tables: Mapping[str, Sequence[Block]]) -> list[Block]:
    """A heading and its clauses; ``tables`` holds the blocks that ``@name`` stands for."""
    blocks: list[Block] = list(_article(part, style) if part.level == 0 else _section(part, style))
    for clause in part.clauses:
        if clause.table:
            blocks.extend(tables[clause.table])
        else:
            blocks.append(_clause(clause, style))
    return blocks


def set_definition(definition: Definition, style: Style) -> list[Block]:
    """A defined term's paragraph, and its clauses below."""
    first, *rest = definition.clauses
    body, quoted = _body(first.text, first.quotes, style)
    shown = f"“**{definition.term}**”" if style.definition != "bold" else f"**{definition.term}**"
    verb = "" if body.startswith(("has the", "shall have")) else _VERBS[style.definition]
    head = f"{shown}:" if style.definition == "colon" else f"{shown} {verb}".rstrip()
    glue = "" if body.startswith(",") else " "
    plain = head.replace("**", "") + glue
    quotes = tuple(Quote(key=q.key, text=plain + q.text) if body.startswith(q.text) else q for q in quoted)
    whole = Quote(key=f"def:{definition.term}", text=plain + body.replace("**", ""))
    lead = Paragraph(
        text=head + glue + body, quotes=(*quotes, whole), first=0.0 if style.hanging else _STEP, after=7
    )
    return [lead, *(_clause(clause, style) for clause in rest)]


def _body(text: str, quotes: tuple[Quote, ...], style: Style) -> tuple[str, tuple[Quote, ...]]:
    """The words after a term, and the quotes in them as then printed."""
    if text.startswith("~"):
        return f"{_POINTERS[style.definition]} {text[1:]}.", ()
    text = text.removeprefix(": ")
    if style.definition != "colon":
        return text, quotes
    upper = text[:1].upper() + text[1:]
    raised = tuple(
        Quote(key=q.key, text=q.text[:1].upper() + q.text[1:]) if text.startswith(q.text) else q
        for q in quotes
    )
    return upper, raised


def _article(part: Part, style: Style) -> list[Block]:
    title = f"{part.number} {part.title}"
    if style.two_line:
        return [
            Paragraph(
                text=f"**{part.number}**",
                align="center",
                before=16,
                after=4,
                with_next=True,
                contents=(0, title),
            ),
            Paragraph(text=f"**{part.title}**", align="center", after=10, with_next=True),
        ]
    align = "center" if style.centred else "left"
    shown = f"**{part.number} – {part.title}**"
    return [Paragraph(text=shown, align=align, before=18, after=10, with_next=True, contents=(0, title))]  # type: ignore[arg-type]


def _section(part: Part, style: Style) -> list[Block]:
    entry = (1, f"{part.number} {part.title}")
    if style.two_line and not style.centred:
        return [
            Paragraph(
                text=f"**{part.number}**", align="left", before=6, after=0, with_next=True, contents=entry
            ),
            Paragraph(text=f"__{part.title}__", align="left", after=6, with_next=True),
        ]
    shown = f"**{part.number}** __{part.title}__." if style.hanging else f"**{part.number} {part.title}.**"
    return [Paragraph(text=shown, align="left", before=6, with_next=True, contents=entry)]


def _clause(clause: Clause, style: Style) -> Paragraph:
    text = f"{clause.label} {clause.text}".strip()
    quotes = clause.quotes
    if not clause.depth:
        return Paragraph(text=text, quotes=quotes, first=0.0 if style.hanging else _STEP)
    if style.hanging:
        hang = 24.0 if clause.label else 0.0
        return Paragraph(text=text, quotes=quotes, indent=_STEP * clause.depth, first=-hang)
    return Paragraph(text=text, quotes=quotes, indent=_STEP * (clause.depth - 1), first=_STEP)


def set_text(text: str, style: Style, *, align: str = "justify") -> list[Block]:
    """Unnumbered paragraphs, one per blank-line-separated stretch; a bold one is a centred heading."""
    blocks: list[Block] = []
    for chunk in re.split(r"\n\s*\n", text.strip()):
        line = " ".join(chunk.split())
        heading = line.startswith("**") and line.endswith("**") and line.count("**") == 2
        blocks.append(
            Paragraph(
                text=line,
                align="center" if heading or align == "center" else "justify",
                after=9,
                first=0.0 if heading or style.hanging or align == "center" else _STEP,
                with_next=heading,
            )
        )
    return blocks
