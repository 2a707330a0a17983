"""Graders: the rules, an optional LLM, and how well either agrees with people."""
