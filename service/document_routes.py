"""The library over HTTP: list, look at, add, replace and delete documents.

Every route sees the caller's collections alone: what is in others is not there. Changes need the role
"operate" and are put into the audit log. Leaves pages and originals to ``service.page_routes``, receiving
files to ``service.incoming``, and the work itself to ``service.librarian``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, File, Form, Path, Response, UploadFile
from starlette.concurrency import run_in_threadpool

from ingest.scan import content_id
from rag.catalog import Catalog, DocumentRecord
from rag.collection import DEFAULT_COLLECTION, PATTERN
from rag.errors import CovenantError
from rag.structure import Fact
from rag.types import DocumentId
from service.callers import Caller, CallerOf, OperatorOf
from service.document_schemas import (
    DeletedReply,
    DocumentReply,
    SectionOut,
    UploadOut,
    UploadReply,
    UploadsReply,
)
from service.errors import ForbiddenError, NotThereError
from service.incoming import discard, store
from service.librarian import check_collection
from service.openapi import UNKNOWN_DOCUMENT, guarded
from service.records import Records, RecordsOf
from service.schemas import DocumentOut, DocumentsReply
from service.uploads import Upload

router = APIRouter(tags=["library"])

Reference = Annotated[
    str,
    Path(
        min_length=1,
        max_length=1000,
        pattern=r"^[^\x00-\x1f\x7f/\\]+$",
        description="Its id (or the first 6 or more characters of it), name or file name.",
    ),
]
FileField = Annotated[UploadFile, File(description="PDF, Word (DOCX), HTML, Markdown or text.")]
CollectionField = Annotated[
    str | None,
    Form(pattern=PATTERN, description="Where to put it; needed only where the key sees several collections."),
]
_NO_FORM = (400, "malformed_json", "the body is no form", "send the file as multipart/form-data")
_TOO_LARGE = (413, "body_too_large", "the file is larger than may be", "split it")
_REFUSED = (422, "unreadable_document", "the file is of no format that can be read", "convert it")
_CONFLICT = (409, "conflict", "the file is in the library already, in another collection", "ask an operator")


def found(catalog: Catalog, reference: str, who: Caller) -> DocumentRecord:
    """The document that a caller means, among those that it sees.

    Raises:
        UnknownDocumentError: there is none, or more than one.
    """
    document = catalog.resolve(reference, collections=who.collections)
    return next(one for one in catalog.documents(who.collections) if one.id == document)


@router.get("/v1/documents", summary="List the documents", responses=guarded())
def documents(who: CallerOf, records: RecordsOf) -> DocumentsReply:
    """All documents that the key sees, by name."""
    with Catalog(records.workspace.catalog_file) as catalog, catalog.snapshot():
        facts = catalog.all_facts(who.collections)
        listed = catalog.documents(who.collections)
    return DocumentsReply(documents=[DocumentOut.of(one, facts.get(one.id, ())) for one in listed])


@router.get("/v1/documents/{document}", summary="Look at a document", responses=guarded(UNKNOWN_DOCUMENT))
def document_of(document: Reference, who: CallerOf, records: RecordsOf) -> DocumentReply:
    """What a document says of itself, and its sections."""
    with Catalog(records.workspace.catalog_file) as catalog, catalog.snapshot():
        record = found(catalog, document, who)
        pages = catalog.pages(record.id)
        sections = [SectionOut.of(one, pages) for one in catalog.sections(record.id) if one.level]
        facts: Sequence[Fact] = catalog.facts(record.id)
    return DocumentReply(
        **DocumentOut.of(record, facts).model_dump(),
        sections=sections,
        page_labels=[page.label for page in pages],
        unreadable_pages=[page.number for page in pages if page.origin == "unreadable"],
    )


@router.post(
    "/v1/documents",
    summary="Add a document",
    status_code=202,
    responses={
        **guarded(_NO_FORM, _CONFLICT, _TOO_LARGE, _REFUSED),
        201: {"model": UploadReply, "description": "It was in the library already."},
    },
)
def add(
    file: FileField,
    who: OperatorOf,
    records: RecordsOf,
    response: Response,
    collection: CollectionField = None,
) -> UploadReply:
    """Takes a file; GET /v1/uploads/{id} says how far it is. What it is, its content decides."""
    return _take(records, who, file, _target(who, collection), response)


@router.put(
    "/v1/documents/{document}",
    summary="Replace a document",
    status_code=202,
    responses={
        **guarded(_NO_FORM, UNKNOWN_DOCUMENT, _CONFLICT, _TOO_LARGE, _REFUSED),
        201: {"model": UploadReply, "description": "It was in the library already."},
    },
)
def replace(
    document: Reference, file: FileField, who: OperatorOf, records: RecordsOf, response: Response
) -> UploadReply:
    """Takes a file in a document's place: its older version stays in the library until this one is read."""
    with Catalog(records.workspace.catalog_file) as catalog:
        before = found(catalog, document, who)
    return _take(records, who, file, before.collection, response, before)


@router.delete("/v1/documents/{document}", summary="Delete a document", responses=guarded(UNKNOWN_DOCUMENT))
async def delete(document: Reference, who: OperatorOf, records: RecordsOf) -> DeletedReply:
    """Removes a document and its older versions for good: text, original, vectors, index, caches."""

    def chosen() -> DocumentRecord:
        with Catalog(records.workspace.catalog_file) as catalog:
            return found(catalog, document, who)

    record = await run_in_threadpool(chosen)
    report = await asyncio.wrap_future(records.librarian.remove([record.id]))
    detail = {"name": record.name, "collection": record.collection, "documents": list(report.documents)}
    await run_in_threadpool(lambda: records.note(who, "document.delete", record.id, **detail))
    return DeletedReply(documents=list(report.documents), scrubbed=report.scrubbed)


@router.get("/v1/uploads", summary="List uploads", responses=guarded())
def uploads(who: CallerOf, records: RecordsOf) -> UploadsReply:
    """The latest files that came into the collections the key sees, newest first."""
    listed = [one for one in records.uploads.latest(200) if who.sees(one.collection)]
    return UploadsReply(uploads=[_told(records, one) for one in listed])


@router.get(
    "/v1/uploads/{upload}",
    summary="How far is an upload?",
    responses=guarded((404, "not_there", "there is no such upload", "see GET /v1/uploads")),
)
def upload_of(
    upload: Annotated[str, Path(pattern=r"^[0-9a-f]{1,64}$")], who: CallerOf, records: RecordsOf
) -> UploadOut:
    """Where a file stands on its way into the library."""
    one = records.uploads.get(upload)
    if one is None or not who.sees(one.collection):
        raise NotThereError(f"there is no upload {upload}", "see GET /v1/uploads")
    return _told(records, one)


def _target(who: Caller, collection: str | None) -> str:
    target = collection or who.home() or DEFAULT_COLLECTION
    if not who.sees(target):
        raise ForbiddenError(f"the key does not see the collection {target!r}", "choose one that it sees")
    return target


def _take(
    records: Records,
    who: Caller,
    file: UploadFile,
    collection: str,
    response: Response,
    before: DocumentRecord | None = None,
) -> UploadReply:
    """Keep a file and have it read; ``before`` is the document that it replaces."""
    most = records.settings.service.max_upload_mb
    most = min(most, who.max_upload_mb or most)
    upload_id, path = store(records.workspace, file.file, file.filename or "", most)
    try:
        document = content_id(path)
        known = _known(records, document, collection)
    except CovenantError:
        discard(path)
        raise
    if known and (before is None or before.id == document):
        discard(path)
        response.status_code = 201
        return UploadReply(document=known, note="it was in the library already")
    upload = Upload(
        id=upload_id,
        created=records.now(),
        caller_id=who.id,
        collection=collection,
        path=path,
        instead_of=before.sources if before else (),
    )
    records.uploads.add(upload)
    detail = {"name": path.name, "collection": collection, "document": document}
    records.note(
        who, "document.replace" if before else "document.add", before.id if before else upload_id, **detail
    )
    records.librarian.take(upload)
    return UploadReply(id=upload_id, status="queued")


def _known(records: Records, document: DocumentId, collection: str) -> DocumentOut | None:
    """The document itself, if the library has it in that collection.

    Raises:
        ConflictError: it has it in another.
    """
    with Catalog(records.workspace.catalog_file) as catalog:
        check_collection(catalog, document, collection)
        listed = catalog.documents(frozenset({collection}))
        return next(
            (DocumentOut.of(one, catalog.facts(one.id)) for one in listed if one.id == document), None
        )


def _told(records: Records, upload: Upload) -> UploadOut:
    stage, progress = records.librarian.progress(upload.id)
    return UploadOut.of(upload, stage, progress)
