"""The span reader: where in the evidence an answer stands, and whether the evidence says so at all."""
