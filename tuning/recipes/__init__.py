"""Recipes of the adapters that ship with the project: data in, artifact out, the same again on a re-run."""
