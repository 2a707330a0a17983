"""Legal links: defined terms and their uses, references and what they name, what a document amends.

All of it is read from a document's text and section tree, without a model, in time linear in the text.
"""
