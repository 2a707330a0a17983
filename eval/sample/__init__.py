"""The sample library: a seeded generator of synthetic CLO documents with exact gold questions.

Deals are drawn (``sampling``, ``terms``), worded by one of six imagined law firms (``drafting``, ``template``
and the text files), laid out and drawn (``layout``, ``drawing``), and asked about (``questions``). Documents
and gold come from the same ``DealTerms``. Nothing here is a real transaction, and every page says so.

    write_library(folder)  ->  folder/docs/*.pdf, folder/questions.jsonl, folder/labels.py …
"""

from eval.sample.library import SampleLibrary, write_library

__all__ = ["SampleLibrary", "write_library"]
