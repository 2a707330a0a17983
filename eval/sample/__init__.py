"""The sample library: a seeded generator of synthetic CLO documents with exact gold questions.

Deals are drawn (``sampling``, ``terms``), worded by an imagined law firm (``firms``, ``drafting``,
``template`` and the text files), laid out and drawn (``layout``, ``drawing``), and asked about
(``questions``). Documents and gold come from the same ``DealTerms``. Nothing here is a real transaction, and
every page says so.

    write_library(folder)  ->  folder/docs/*.pdf, folder/questions.jsonl, folder/labels.py …
    write_further(folder)  ->  the same of other deals by other firms, to learn from alone
"""

from eval.sample.library import SampleLibrary, write_further, write_library

__all__ = ["SampleLibrary", "write_further", "write_library"]
