"""What differs between headers is found, grouped by what it means, and said in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eval.provenance import brief, header_changes, in_words
from eval.runs import Header
from tests.eval.made_rows import HEADER

FULL = replace(
    HEADER,
    settings={"retrieval": {"hits": 100, "reranked": 50}},
    fingerprints={"embedder": "ab" * 10, "index": "cd" * 10, "grader": "g"},
    commit="12" * 20,
    machine={"cores": 2, "python": "3.11.7"},
    libraries={"numpy": "2.4.6"},
)


@pytest.mark.parametrize(
    ("change", "concern", "what", "said"),
    [
        ({"questions": "1" * 64}, "asked", "questions", "Not like for like"),
        ({"scope": "single"}, "asked", "scope", "scope (shared → single)"),
        ({"selection": {"limit": 5}}, "asked", "selection limit", "selection limit (none → 5)"),
        ({"fingerprints": {**FULL.fingerprints, "grader": "h"}}, "asked", "grader", "grader (g → h)"),
        (
            {"fingerprints": {**FULL.fingerprints, "index": "ef" * 10}},
            "system",
            "index",
            "cdcdcdcd… → efefefef…",
        ),
        (
            {"settings": {"retrieval": {"hits": 100, "reranked": 20}}},
            "system",
            "settings retrieval.reranked",
            "Of the system, this differs: settings retrieval.reranked (50 → 20).",
        ),
        ({"commit": "34" * 20}, "system", "commit", "commit (12121212… → 34343434…)"),
        ({"libraries": {"numpy": "2.5.0"}}, "surroundings", "library numpy", "numpy (2.4.6 → 2.5.0)"),
        (
            {"machine": {"cores": 16, "python": "3.11.7"}},
            "surroundings",
            "machine cores",
            "Times do not compare",
        ),
        ({"seed": 8}, "surroundings", "seed", "seed (7 → 8)"),
    ],
)
def test_a_difference_is_found_and_said(
    change: dict[str, object], concern: str, what: str, said: str
) -> None:
    after: Header = replace(FULL, **change)  # type: ignore[arg-type]
    (found,) = header_changes(FULL, after)

    assert (found.concern, found.what) == (concern, what)
    assert said in " ".join(in_words([found], FULL, after))


def test_times_and_places_of_the_question_file_are_no_difference() -> None:
    later = replace(
        FULL, started_at="2027-01-01T00:00:00+00:00", seconds=9.0, source={**FULL.source, "questions": "x"}
    )

    assert header_changes(FULL, later) == ()
    assert in_words((), FULL, later)[0].startswith("Both runs were asked the same questions")


def test_changed_files_leave_open_whether_the_code_differs() -> None:
    dirty = replace(FULL, commit=FULL.commit + "+")
    said = in_words(header_changes(dirty, dirty), dirty, dirty)

    assert "nothing differs that headers tell" in said[1]
    assert said[-1].startswith(
        "The run before and the run after came from changed files that no commit holds"
    )


def test_long_values_keep_both_ends() -> None:
    assert brief("/a/" + "b" * 60 + "/c") == "/a/" + "b" * 20 + "…" + "b" * 21 + "/c"
