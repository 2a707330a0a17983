"""The number engine: questions about figures, answered from the cells of financial statements.

A question is read to a formula over line items and fiscal years (``reading``, ``formula``), items are known
by their wordings (``ontology``, the data file beside it) and found in statements (``statements``), the result
is computed, rounded and rendered with its derivation (``engine``), and checked again (``checking``).
"""
