"""How many questions of each kind: by given shares, or by those of real questions.

A real question has the kind of the made question that it is nearest to by words. Leaves making to the makers.
"""

from __future__ import annotations

import math
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from rag.tokens import STOPWORDS, terms
from tuning.items import Asked

_NEAREST = 5
_SMOOTH = 1.0


def mixed(
    made: Mapping[str, Sequence[Asked]], count: int, mix: Mapping[str, float], seed: int
) -> list[Asked]:
    """Questions of each kind by its share, drawn; what a kind lacks goes to the others, in rounds. By id."""
    draw = random.Random(seed)  # noqa: S311 - reproducible, not secret
    pools = {kind: _spread(own, draw) for kind, own in sorted(made.items()) if mix.get(kind, 0.0) > 0 and own}
    chosen: list[Asked] = []
    while pools and len(chosen) < count:
        left, total = count - len(chosen), sum(mix[kind] for kind in pools)
        for kind in sorted(pools):
            share = max(1, round(left * mix[kind] / total))
            taken, pools[kind] = pools[kind][:share], pools[kind][share:]
            chosen += taken
        pools = {kind: own for kind, own in pools.items() if own}
    return sorted(chosen[:count], key=lambda asked: asked.id)


def _spread(own: Sequence[Asked], draw: random.Random) -> list[Asked]:
    """Questions drawn so that the documents take turns: a long one does not crowd out the others."""
    groups: dict[object, list[Asked]] = defaultdict(list)
    for one in draw.sample(own, len(own)):
        groups[one.places[0].document_id if one.places else one.document_ids].append(one)
    turns = [
        (turn, place, one) for place, group in enumerate(groups.values()) for turn, one in enumerate(group)
    ]
    return [one for _, _, one in sorted(turns, key=lambda entry: entry[:2])]


def estimated_mix(real: Iterable[str], made: Sequence[Asked]) -> dict[str, float]:
    """Shares of kinds among real questions: each votes by its nearest made questions' kinds.

    Nearness is the cosine of words weighed by rarity, words of asking ("how", "when") among them. Kinds that
    no real question is near to keep a small share. Empty where there are no made questions.
    """
    if not made:
        return {}
    words = [_words(one.text) for one in made]
    known = Counter(word for own in words for word in own)
    weight = {word: math.log(1 + len(made) / times) for word, times in known.items()}
    postings: dict[str, list[int]] = defaultdict(list)
    for at, own in enumerate(words):
        for word in own:
            postings[word].append(at)
    norms = [math.sqrt(sum(weight[word] ** 2 for word in own)) or 1.0 for own in words]
    shares = dict.fromkeys({one.kind for one in made}, _SMOOTH)
    for text in real:
        scores: dict[int, float] = defaultdict(float)
        for word in _words(text):
            for at in postings.get(word, ()):
                scores[at] += weight[word] ** 2 / norms[at]
        nearest = sorted(scores.items(), key=lambda entry: (-entry[1], made[entry[0]].id))[:_NEAREST]
        for at, _ in nearest:
            shares[made[at].kind] += 1.0 / len(nearest)
    total = sum(shares.values())
    return {kind: share / total for kind, share in sorted(shares.items())}


def _words(text: str) -> frozenset[str]:
    """The words of a question; those of asking count, names of papers and numbers do not."""
    asking = {word for word in text.lower().split() if word.strip("?,:") in STOPWORDS}
    return frozenset(word for word in terms(text) if word[0].isalpha()) | {
        word.strip("?,:") for word in asking
    }
