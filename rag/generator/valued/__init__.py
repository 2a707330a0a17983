"""Answers that are a value (a sum, a date, a count), chosen among all that the evidence holds."""
