"""Places of a row for people: what was used in place of the evidence, and where that is.

Pages are 0-based in runs and 1-based where people read them.
"""

from __future__ import annotations

from eval.runs import Place, Proposal, RankedChunk, Row


def used_places(row: Row) -> tuple[Place, ...]:
    """What the outcome rests on: the citations, else where the best proposal stands, else the best hits."""
    if row.citations:
        return row.citations
    if row.outcome == "abstained" and row.proposals:
        place = proposed_place(row, row.proposals[0])
        if place is not None:
            return (place,)
    return row.shown


def proposed_place(row: Row, proposal: Proposal) -> Place | None:
    """A proposal as a place, quoted with what stands around it where the row keeps that.

    None where its passage is not among the hits, so that its page is not known.
    """
    hit = next((hit for hit in row.hits if _holds(hit, proposal)), None)
    if hit is None:
        return None
    around = next(
        (one.quote for one in row.shown if _holds(one, proposal) and proposal.text in one.quote), ""
    )
    return Place(
        document_id=proposal.document_id,
        document_name=_names(row).get(proposal.document_id, proposal.document_id),
        first_page=hit.first_page,
        last_page=hit.last_page,
        start=proposal.start,
        end=proposal.end,
        quote=around or proposal.text,
    )


def page_text(place: Place) -> str:
    """The document and page of a place, as people count pages.

    >>> page_text(Place(document_id="d", document_name="3M_2018_10K", first_page=59, last_page=60,
    ...                 start=0, end=1, quote=""))
    '3M_2018_10K, pages 60–61'
    """
    if place.last_page > place.first_page:
        return f"{place.document_name}, pages {place.first_page + 1}–{place.last_page + 1}"
    return f"{place.document_name}, page {place.first_page + 1}"


def _holds(hit: RankedChunk | Place, proposal: Proposal) -> bool:
    return hit.document_id == proposal.document_id and hit.start <= proposal.start and proposal.end <= hit.end


def _names(row: Row) -> dict[str, str]:
    return {one.document_id: one.document_name for one in (*row.evidence, *row.citations, *row.shown)}
