"""The index: BM25 and vectors side by side, in versions on disk."""
