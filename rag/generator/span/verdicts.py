"""What a passage says of a statement: it entails it, contradicts it, or does not speak of it.

Places of the verdict head's logits, in the order of ContractNLI's labels.
"""

from __future__ import annotations

ENTAILED, CONTRADICTED, NOT_MENTIONED = range(3)
VERDICTS = ("entailed", "contradicted", "not mentioned")
"""Their names, by place."""
