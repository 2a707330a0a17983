"""Invented names: places, managers, trustees, obligors. Compounds that no real issuer is known to use."""

from __future__ import annotations

from random import Random

_PLACE_HEADS = (
    "Harrow Quill Brant Calder Oster Fenn Wick Thrax Pell Skel Tarn Lorn Morw Vell Drosk Hask Ulver Brisk "
    "Cael Dunv Esk Garr Holv Ivvel Jorv Kest Lyth Murk Nethel Orrin Pask Ruel Saxel Trev Umber Wrex Yarl"
).split()
_PLACE_TAILS = "mere stow thwaite garth holm combe leigh wold brook fell shaw dene rigg beck ness".split()
_TRADES = (
    "Logistics Packaging Software Dental Aerospace Foods Analytics Coatings Logistics Staffing Media "
    "Diagnostics Fasteners Telecom Insurance Laundries Learning Plastics Robotics Seafood Timber Vending "
    "Waters Glass Boats Pharma Freight Energy Hotels Security"
).split()
_FORMS = (
    "Holdings, Inc.",
    "Intermediate, LLC",
    "Acquisition Corp.",
    "Group, Inc.",
    "Bidco, LLC",
    "Parent, L.P.",
)


def places(rng: Random, number: int) -> tuple[str, ...]:
    """Distinct invented place names; each head is used at most once, so no two look alike."""
    heads = rng.sample(_PLACE_HEADS, number)
    return tuple(head + rng.choice(_PLACE_TAILS) for head in heads)


def obligors(rng: Random, number: int) -> tuple[str, ...]:
    """Distinct invented borrowers."""
    seen: dict[str, None] = {}
    while len(seen) < number:
        head = rng.choice(_PLACE_HEADS) + rng.choice(_PLACE_TAILS)
        seen[f"{head} {rng.choice(_TRADES)} {rng.choice(_FORMS)}"] = None
    return tuple(seen)
