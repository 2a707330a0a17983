"""The catalog's tables. Nothing else: rows are made in ``rag.catalog_rows`` and ``rag.catalog_structure``.

Whatever belongs to a document goes with it (``ON DELETE CASCADE``). ``sources`` is what the library is made
of: the version of each path that has no end yet. Tables come before indexes and indexes before views, as in
a file that was written anew, so that both have equal dumps.
"""

from __future__ import annotations

SCHEMA_VERSION = 3
SCHEMA = """
CREATE TABLE documents (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, media_type TEXT NOT NULL, title TEXT NOT NULL,
  pages INTEGER NOT NULL, chars INTEGER NOT NULL, chunks INTEGER NOT NULL,
  fingerprint TEXT NOT NULL, added_at TEXT NOT NULL, collection TEXT NOT NULL DEFAULT 'default'
);
CREATE TABLE versions (
  path TEXT NOT NULL, number INTEGER NOT NULL,
  document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
  since TEXT NOT NULL, until TEXT, PRIMARY KEY (path, number)
) WITHOUT ROWID;
CREATE TABLE deleting (document_id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE failures (
  path TEXT PRIMARY KEY, content_id TEXT NOT NULL, fingerprint TEXT NOT NULL,
  reason TEXT NOT NULL, message TEXT NOT NULL, remedy TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE texts (
  document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE, block INTEGER NOT NULL,
  body BLOB NOT NULL, PRIMARY KEY (document_id, block)
);
CREATE TABLE pages (
  document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE, number INTEGER NOT NULL,
  start INTEGER NOT NULL, "end" INTEGER NOT NULL, width REAL NOT NULL, height REAL NOT NULL,
  label TEXT NOT NULL, origin TEXT NOT NULL, lines BLOB NOT NULL, PRIMARY KEY (document_id, number)
);
CREATE TABLE sections (
  id TEXT PRIMARY KEY, document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
  parent_id TEXT, number TEXT NOT NULL, title TEXT NOT NULL, path TEXT NOT NULL,
  level INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE chunks (
  id TEXT PRIMARY KEY, document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
  section_id TEXT NOT NULL, ordinal INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
  first_page INTEGER NOT NULL, last_page INTEGER NOT NULL, text TEXT NOT NULL, context TEXT NOT NULL
);
CREATE TABLE facts (
  document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE, position INTEGER NOT NULL,
  name TEXT NOT NULL, value TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
  PRIMARY KEY (document_id, position)
) WITHOUT ROWID;
CREATE TABLE definitions (
  document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE, position INTEGER NOT NULL,
  term TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, term_start INTEGER NOT NULL,
  term_end INTEGER NOT NULL, packed BLOB NOT NULL, PRIMARY KEY (document_id, position)
) WITHOUT ROWID;
CREATE TABLE "references" (
  document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE, position INTEGER NOT NULL,
  kind TEXT NOT NULL, label TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
  document TEXT NOT NULL, section_id TEXT, target_start INTEGER, target_end INTEGER,
  PRIMARY KEY (document_id, start, position)
) WITHOUT ROWID;
CREATE TABLE links (
  document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE, position INTEGER NOT NULL,
  kind TEXT NOT NULL, title TEXT NOT NULL, date TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
  PRIMARY KEY (document_id, position)
) WITHOUT ROWID;
CREATE TABLE tables (
  document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE, position INTEGER NOT NULL,
  ordinal INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, first_page INTEGER NOT NULL,
  last_page INTEGER NOT NULL, title TEXT NOT NULL, title_start INTEGER NOT NULL, title_end INTEGER NOT NULL,
  caption TEXT NOT NULL, statement TEXT NOT NULL, scale INTEGER NOT NULL, currency TEXT NOT NULL,
  packed BLOB NOT NULL, PRIMARY KEY (document_id, position)
);
CREATE TABLE signatures (
  document_id TEXT PRIMARY KEY REFERENCES documents(id) ON DELETE CASCADE, pages BLOB NOT NULL,
  body BLOB NOT NULL
);
CREATE INDEX versions_document ON versions(document_id);
CREATE UNIQUE INDEX versions_current ON versions(path, document_id) WHERE until IS NULL;
CREATE INDEX sections_document ON sections(document_id, start, level);
CREATE UNIQUE INDEX chunks_document ON chunks(document_id, ordinal);
CREATE INDEX chunks_span ON chunks(document_id, start, "end");
CREATE VIEW sources AS SELECT path, document_id FROM versions WHERE until IS NULL;
"""

MIGRATIONS = {2: "ALTER TABLE documents ADD COLUMN collection TEXT NOT NULL DEFAULT 'default'"}
"""By schema version, the statement that makes a file of it one of the next."""

PARTS = tuple("chunks sections pages texts facts definitions references links tables signatures".split())
"""The tables that hold what a document is made of."""
