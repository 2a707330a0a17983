"""How files become an index: load, section, chunk, store, build."""
