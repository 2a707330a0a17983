"""A learned fusion: a few readable features of each candidate, weighed by a linear model."""
