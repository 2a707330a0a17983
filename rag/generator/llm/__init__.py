"""Answers by a language model that must quote: asked with numbered passages, read strictly, checked.

``asking`` makes the messages, a ``ChatModel`` replies (``causal`` in this process, ``endpoint`` over HTTP),
``replies`` reads what it says, ``quoting`` is the generator made of these.
"""
