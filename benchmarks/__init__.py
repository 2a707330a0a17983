"""Measurements on the judged sets under ``COVENANT_DATA``; each module is a command of its own.

Not installed with the packages. ``python -m benchmarks.NAME --help`` says what a module measures.
"""
