"""Measures: pure functions of rankings, answers and gold; they know nothing of files, pipelines or runs."""
