"""Recipes: how what comes with Covenant was trained, from licensed data, to the same result each time."""
