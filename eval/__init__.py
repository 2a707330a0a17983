"""How we know: questions, judgements, runs, metrics, statistics, reports."""
