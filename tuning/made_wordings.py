"""How people ask for what is computed from a page's figures: patterns of questions, years and opening words.

In the manner of short questions about statements, written for this project. ``{x}`` is what a row is called,
``{a}`` and ``{b}`` two of them; the rest are small words that are drawn, or years. Leaves drawing to
``tuning.made_questions``.
"""

from __future__ import annotations

from collections.abc import Mapping

GROWTH = (
    "what {be} the {percent} {moved} in {x} {span}",
    "what {be} the {percent} {moved} of {x} {span}",
    "what {be} the {percent} {moved} for {x} {span}",
    "what {be} the {percent} of the {moved} in {x} {span}",
    "what {be} the {moved} rate of {x} {span}",
    "what {be} the growth rate in {x} {span}",
    "what {be} the percentual {moved} in {x} {span}",
    "what {be} the {moved} in {x} {span} expressed as a percent",
    "by what {percentage} did {x} {move} {span}",
    "by how much did {x} {move} {span} , in percent",
    "how much did {x} {move} in {percentage} terms {span}",
    "{x} {did_move} by what {percentage} {span}",
    "considering the years {earlier}-{later} , what {be} the {percent} {moved} in {x}",
)
DIFFERENCE = (
    "what {be} the {moved} in {x} {span}",
    "what {be} the net {moved} in {x} {span}",
    "what {be} the difference in {x} {span}",
    "what {be} the variation of {x} {span}",
    "what {be} the difference between {x} in {later} and {earlier}",
    "{unit} what {be} the {moved} in {x} {span}",
    "by how much did {x} {move} {span}",
    "what amount did {x} {move} {span}",
    "how much {more} {be} {x} in {later} than in {earlier}",
    "how many more {x} were there in {later} compared to {earlier}",
    "by what amount did {later} {x} surpass {earlier}",
)
RATIO_OF_YEARS = (
    "what {be} the ratio of {x} for {first} to {second}",
    "what {be} the ratio of {x} in {first} to {second}",
    "what {be} the ratio of {first} to {second} {x}",
    "what {be} the ratio of the {x} in {first} compared to {second}",
)
APART = (
    "what {be} the difference between {a} and {b} {when}",
    "{when} what {be} the difference in {a} and {b}",
    "how much {more} {be} {a} than {b} {when}",
    "what {be} the spread between {a} and {b} {when}",
    "by how much did {a} exceed {b} {when}",
    "what {be} {a} net of {b} {when}",
    "what {be} {a} less {b} {when}",
    "what {be} {a} excluding {b} {when}",
    "{when} what would {a} be without {b}",
)
SHARE = (
    "what {percentage} of {b} {be} {a} {when}",
    "what {percentage} of {b} are {a} {when}",
    "what {percentage} of {b} {be} comprised of {a} {when}",
    "what {percentage} of {b} {be} due to {a} {when}",
    "what {percentage} of {b} did {a} make up {when}",
    "what percent of {b} {be} related to {a} {when}",
    "what portion of {b} {be} {a} {when}",
    "what fraction of {b} do {a} represent {when}",
    "what {be} {a} as a {percentage} of {b} {when}",
    "what {be} the proportion of {a} in {b} {when}",
    "{when} what {percentage} of {b} {be} attributable to {a}",
    "{when} what share of {b} did {a} account for",
    "{when} what {be} the percent of {b} that {be} {a}",
    "{when} what {be} the portion of {b} made up of {a}",
    "{when} what {be} the {percentage} of {a} among {b}",
    "{a} {be} what {percentage} of {b} {when}",
    "how much of {b} came from {a} {when} as a percent",
)
SHARE_OF_TOTAL = (
    "what {percentage} of the total {be} {a} {when}",
    "what portion {be} {a} {when}",
    "what {be} the percent of {a} {when}",
    "what share of the total comes from {a} {when}",
)
RATIO = (
    "what {be} the ratio of {a} to {b} {when}",
    "{when} what {be} the ratio of {a} to {b}",
    "what {be} the {a} to {b} ratio {when}",
    "what {be} the ratio between {a} and {b} {when}",
    "what {be} {a} per {b} {when}",
    "what {be} the {a} divided by {b} {when}",
    "what {be} {a} relative to {b} {when}",
    "how many times larger {be} {a} than {b} {when}",
)
SUM = (
    "what {be} the sum of {a} and {b} {when}",
    "what {be} the total of {a} and {b} {when}",
    "what {be} the total {a} and {b} {when}",
    "what {be} {a} plus {b} {when}",
    "{when} what {be} combined {a} and {b}",
    "how much {be} {a} and {b} together {when}",
)
MEAN = (
    "what {be} the average of {a} and {b} {when}",
    "{when} what {be} the average {a} and {b}",
    "what {be} the mean of {a} and {b} {when}",
)
AVERAGE_OF_ROW = (
    "what {be} the average {x} {over}",
    "what {be} the average of {x} {over}",
    "what {be} the average annual {x} {over}",
    "what {be} the average balance of {x} {over}",
    "what {be} the mean of {x} {over}",
    "{over} what {be} the mean {x}",
    "{unit} what {be} average {x} {over}",
    "on average how much {be} {x} {over}",
)
SUM_OF_ROW = (
    "what {be} the total {x} {over}",
    "what {be} the total amount of {x} {over}",
    "what {be} the sum of {x} {over}",
    "what {be} the combined {x} {over}",
    "what {be} cumulative {x} {over}",
    "{over} what {be} total {x}",
    "how much {x} {be} there in total {over}",
    "how much {be} {x} {over} together",
)
MOST_OF_ROW = (
    "what {be} the highest {x} {over}",
    "what {be} the maximum {x} {over}",
    "what {be} the largest {x} {over}",
    "{over} what {be} the peak {x}",
)
LEAST_OF_ROW = (
    "what {be} the lowest {x} {over}",
    "what {be} the minimum {x} {over}",
    "what {be} the smallest {x} {over}",
    "{over} what {be} the least {x}",
)
RETURN = (
    "what {be} the total return on {x} {span}",
    "what {be} the {percent} return of {x} {span}",
    "what {be} the cumulative total return of {x} {span}",
    "what {be} the {percent} {moved} in {x} {span}",
    "what {be} the growth in {x} {span}",
    "what {be} the return on investment of {x} {span}",
    "by what {percentage} did {x} {move} {span}",
)
LOOKUP = ("what {be} {x} {when}", "how much {be} {x} {when}", "what {be} the amount of {x} {when}")

SPAN = (
    "from {earlier} to {later}",
    "from {earlier} to {later}",
    "between {earlier} and {later}",
    "between {later} and {earlier}",
    "from {earlier} and {later}",
    "from {earlier} through {later}",
    "for {earlier} to {later}",
    "from {later} compared with {earlier}",
    "in {later} compared to {earlier}",
    "from december 31 , {earlier} to december 31 , {later}",
)
FROM_BEFORE = ("in {later}", "during {later}", "for {later}")
"""Of one year and the one before."""
WHEN = (
    "in {year}", "in {year}", "in {year}", "for {year}", "during {year}", "as of {year}", "in fiscal {year}",
    "as of december 31 , {year}", "at december 31 , {year}", "for the year ended december 31 , {year}", "",
)  # fmt: skip
OVER = (
    "from {earlier} to {later}",
    "during the years {earlier}-{later}",
    "between {earlier} and {later}",
    "for {earlier} through {later}",
    "over the {count} year period",
    "for the years ended december 31 , {earlier} to {later}",
    "in {listed}",
    "for {listed}",
)
OVER_UNDATED = ("for the periods shown", "during the period", "for the years shown", "")

BEFORE = (
    *[""] * 18, "for the company , ", "based on the table , ", "according to the report , ", "in millions , ",
    "in thousands , ", "considering the information given , ",
)  # fmt: skip
BEHIND = (
    *[""] * 16, " , in millions", " ( in millions )", " in thousands", " in total", " for the company",
    " as reported", " in the period",
)  # fmt: skip
MARKS = ("?", "?", "?", " ?", "", "")

SMALL: Mapping[str, tuple[str, ...]] = {
    "be": ("was", "was", "was", "is", "is", "were", "are"),
    "percent": ("percentage", "percentage", "percent", "percent", "%"),
    "percentage": ("percentage", "percent"),
    "unit": ("in millions ,", "in thousands ,", "in billions ,"),
}
UP: Mapping[str, tuple[str, ...]] = {
    "moved": ("increase", "increase", "growth", "rise"),
    "move": ("increase", "grow", "rise"),
    "did_move": ("increased", "grew", "rose"),
    "more": ("more", "higher", "greater"),
}
DOWN: Mapping[str, tuple[str, ...]] = {
    "moved": ("decrease", "decrease", "decline", "reduction", "drop"),
    "move": ("decrease", "decline", "fall"),
    "did_move": ("decreased", "declined", "fell"),
    "more": ("less", "lower", "fewer"),
}
PLAIN: Mapping[str, tuple[str, ...]] = {"moved": ("change",), "move": ("change",), "did_move": ("changed",)}
"""Said of what moved without saying where to."""
