"""Answers that are a value: a percentage, an amount, a date, a count, a number or a section, chosen among all that the evidence holds."""
