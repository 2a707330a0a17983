"""Tables and numbers: which lines of a document are a table, and what every figure in it amounts to."""
