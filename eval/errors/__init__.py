"""Error analysis: where each wrong answer went wrong, which errors belong together, and what would help."""
