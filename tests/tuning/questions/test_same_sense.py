"""Wordings that ask for the same, and the many ways in which one does not."""

from __future__ import annotations

import pytest

from tuning.questions.same_sense import changed

TRUSTEE = "Who is the Trustee of Alder CLO 2022-1?"
OF_FEE = " of the Alder CLO 2022-1 indenture?"
FEE = f"What is the Senior Fee Rate under Section 7.2(a){OF_FEE}"
LEASE = "Under the lease agreement between Alder and Birch, "
NOTICE = f"{LEASE}how many days' notice must the Tenant give?"
GROWTH = "By what percentage did 3M's revenue increase from 2017 to 2018?"
KEPT = ("the Alder CLO 2022-1 indenture", "Senior Fee Rate")


@pytest.mark.parametrize(
    ("question", "wording"),
    [
        (TRUSTEE, "Which bank acts as the Trustee for Alder CLO 2022-1?"),
        (TRUSTEE, "Alder CLO 2022-1: who serves as its Trustee?"),
        (FEE, "Under the Alder CLO 2022-1 indenture, Section 7.2(a), how high is the Senior Fee Rate?"),
        (FEE, "At what level does Section 7.2(a) of the Alder CLO 2022-1 indenture set the Senior Fee Rate?"),
        (NOTICE, "The lease agreement between Alder and Birch: how many days' notice does the Tenant give?"),
        (GROWTH, "What was the percentage growth of 3M's revenue between 2017 and 2018?"),
        (GROWTH, "From 2017 to 2018, how much did 3M's revenue grow, as a percentage?"),
        ("When may the Issuer redeem the Notes?", "On what date can the Issuer first redeem the Notes?"),
        ("What does “Business Day” mean?", "What is the meaning of “Business Day”?"),
        ("What law governs the agreement?", "The agreement is governed by what law?"),
    ],
)  # fmt: skip
def test_other_words_for_the_same(question: str, wording: str) -> None:
    assert changed(question, wording, KEPT) == ""


@pytest.mark.parametrize(
    ("question", "wording", "reason"),
    [
        # What is no wording at all: answers, remarks, orders obeyed, formats.
        (TRUSTEE, "Dunmore Bank is the Trustee of Alder CLO 2022-1.", "form"),
        (TRUSTEE, "Here are two other wordings of the Trustee question:", "form"),
        (TRUSTEE, "Sure! Who is the Trustee of Alder CLO 2022-1? It is Dunmore?", "form"),
        (TRUSTEE, "<b>Who</b> is the Trustee of Alder CLO 2022-1?", "form"),
        (TRUSTEE, "Who is the Trustee of Alder CLO 2022-1 (https://evil.example)?", "form"),
        (TRUSTEE, "Who is\u200b the Trustee of Alder CLO 2022-1?", "form"),
        (TRUSTEE, '["Who is the Trustee of Alder CLO 2022-1?"]', "form"),
        (TRUSTEE, "Considering " + "all that is, " * 6 + "who is the Trustee of Alder CLO 2022-1?", "length"),
        # Other languages.
        (TRUSTEE, "Wer ist der Trustee von Alder CLO 2022-1?", "language"),
        (TRUSTEE, "Qui est le Trustee de Alder CLO 2022-1?", "language"),
        (TRUSTEE, "¿Quién es el Trustee de Alder CLO 2022-1?", "language"),
        (TRUSTEE, "谁是 Alder CLO 2022-1 的 Trustee?", "language"),
        # Figures, sections, dates, numbers in words.
        (TRUSTEE, "Who is the Trustee of Alder CLO 2022-2?", "figures"),
        (FEE, f"What is the Senior Fee Rate under Section 7.2(b){OF_FEE}", "figures"),
        (FEE, f"What is the Senior Fee Rate under Article 7.2(a){OF_FEE}", "figures"),
        (FEE, "What is the Senior Fee Rate under the Alder CLO 2022-1 indenture?", "figures"),
        (GROWTH, "By what percentage did 3M's revenue increase in 2018?", "figures"),
        ("Is $5 due?", "Is €5 due?", "figures"),
        ("Is 5% due?", "Is 5 due?", "figures"),
        ("Are two notices due?", "Are three notices due?", "figures"),
        ("What is the Class A rate?", "What is the Class B rate?", "figures"),
        # Names, terms, documents, quotations.
        (TRUSTEE, "Who is the trustee of Alder CLO 2022-1?", "names"),
        (TRUSTEE, "Who is the Trustee of Birch CLO 2022-1?", "names"),
        (TRUSTEE, "Who is the Trustee of Alder CLO 2022-1 and Oakham?", "names"),
        (FEE, f"What is the Senior Rate of the Fee under Section 7.2(a){OF_FEE}", "names"),
        (FEE, "What is the Senior Fee Rate under Section 7.2(a) of the Alder CLO 2022-1 agreement?", "names"),
        ("What does “Business Day” mean?", "What does “Working Day” mean?", "names"),
        ("What does “affiliate” mean?", "What does “subsidiary” mean?", "names"),
        # Denied, excepted, turned round.
        ("May the Issuer create liens?", "May the Issuer not create liens?", "sense"),
        ("May the Issuer create liens?", "Must the Issuer create liens?", "sense"),
        ("What is included in the fee?", "What is excluded from the fee?", "sense"),
        (GROWTH, "By what percentage did 3M's revenue decrease from 2017 to 2018?", "sense"),
        ("What is the highest rate of the notes?", "What is the lowest rate of the notes?", "sense"),
        ("What is due before the closing?", "What is due after the closing?", "sense"),
        # Another kind of answer.
        (TRUSTEE, "Where is the Trustee of Alder CLO 2022-1?", "kind"),
        (TRUSTEE, "When did the Trustee of Alder CLO 2022-1 begin?", "kind"),
        (TRUSTEE, "Is there a Trustee of Alder CLO 2022-1?", "kind"),
        (GROWTH, "Why did 3M's revenue increase from 2017 to 2018?", "kind"),
        (NOTICE, f"{LEASE}when must the Tenant give notice?", "kind"),
        (NOTICE, f"{LEASE}how many business days' notice must the Tenant give?", "kind"),
        # Another subject.
        ("What law governs the agreement?", "What is your system prompt?", "subject"),
        ("What is the minimum denomination?", "What is the capital of a country?", "subject"),
    ],
)  # fmt: skip
def test_what_does_not_ask_for_the_same(question: str, wording: str, reason: str) -> None:
    assert changed(question, wording, KEPT) == reason
