"""Routes that the page uses and this service does not have yet, as a small server for browser tests alone.

Documents, pages, answers and citations are real: files are ingested, questions go to the engine. What is
scripted is what surrounds them (ids, upload, judgements in memory) and the figures of the view "Develop". A
route goes from here as soon as the service has it.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.concurrency import run_in_threadpool

from ingest.build import ingest
from ingest.remove import remove
from rag.catalog import Catalog
from rag.settings import Settings
from rag.types import DocumentId
from rag.workspace import Workspace
from service.answers import ask_reply
from service.engine import Engine
from service.schemas import AskRequest

Json = dict[str, Any]

# In the shapes that the commands print with ``--json``.
FIGURES: Json = json.loads(Path(__file__).with_name("develop.json").read_text(encoding="utf-8"))


class Scripted:
    """What was asked and judged; ``events`` are the names of what was streamed."""

    def __init__(self, workspace: Workspace, settings: Settings, engine: Engine) -> None:
        self.workspace, self.settings, self.engine = workspace, settings, engine
        self.answers: dict[str, Json] = {}
        self.judgements: list[Json] = []
        self.posted: list[str] = []
        self.current = "b" * 12

    def router(self) -> APIRouter:
        """All of it; to be put before the service's own routes."""
        made = APIRouter()
        for add in (self._asking, self._documents, self._judging, self._developing):
            add(made)
        return made

    def _asking(self, made: APIRouter) -> None:
        @made.post("/v1/ask")
        async def ask(body: AskRequest, request: Request) -> Response:
            response = await self.engine.ask(body.question, body.documents or (), body.filters())
            reply = self._reply(ask_reply(response).model_dump(mode="json"))
            self.answers[reply["id"]] = {"question": body.question, "reply": reply, "created": _now()}
            if "text/event-stream" not in request.headers["accept"]:
                return JSONResponse(reply)

            async def events() -> AsyncIterator[str]:
                yield _event("searched", {"documents": reply["searched"]})
                yield _event("evidence", {"evidence": reply["evidence"]})
                yield _event("answer", reply)

            return StreamingResponse(events(), media_type="text/event-stream")

        @made.get("/v1/answers")
        def answers() -> Json:
            rows = reversed(self.answers.values())
            return {"answers": [{**row["reply"], **row} for row in rows]}

        @made.get("/v1/answers/{answer_id}")
        def answer(answer_id: str) -> JSONResponse:
            if answer_id not in self.answers:
                error = {"code": "unknown_answer", "message": "there is no such answer", "remedy": ""}
                return JSONResponse({"error": error}, 404)
            return JSONResponse({"id": answer_id, "release": "none", **self.answers[answer_id]})

    def _reply(self, reply: Json) -> Json:
        with Catalog(self.workspace.catalog_file) as catalog:
            names = {record.id: record.name for record in catalog.documents()}
            for one in reply["evidence"]:
                one["document"] = names[one["document_id"]]
                one["text"] = catalog.text_of(one["document_id"], one["start"], one["end"])
                boxes = catalog.boxes(one["document_id"], one["start"], one["end"])
                one["boxes"] = [
                    {"page": box.page, "x0": box.x0, "y0": box.y0, "x1": box.x1, "y1": box.y1}
                    for box in boxes
                ]
        searched = [{"id": one, "name": names[one]} for one in reply["searched"]]
        return {**reply, "id": f"a{len(self.answers) + 1}", "release": "none", "searched": searched}

    def _documents(self, made: APIRouter) -> None:
        @made.post("/v1/documents")
        async def upload(request: Request) -> JSONResponse:
            body = await request.body()
            head, _, content = body.partition(b"\r\n\r\n")
            name = re.findall(rb'filename="([^"]+)"', head)[0].decode()
            path = self.workspace.root / "sent" / Path(name).name
            path.parent.mkdir(exist_ok=True)
            boundary = body.splitlines()[0]
            path.write_bytes(content.rpartition(b"\r\n" + boundary)[0])
            await run_in_threadpool(ingest, self.workspace, [path], self.settings)
            return JSONResponse({"id": "u1", "status": "queued"}, status_code=202)

        @made.get("/v1/uploads/{upload_id}")
        def followed(upload_id: str) -> Json:
            return {"id": upload_id, "status": "done", "progress": 1.0}

        @made.delete("/v1/documents/{document_id}")
        def delete(document_id: str) -> Json:
            remove(self.workspace, [DocumentId(document_id)], self.settings)
            return {"deleted": document_id}

        @made.get("/v1/documents/{document_id}/original")
        def original(document_id: str) -> FileResponse:
            path = self.workspace.originals(document_id)[0]
            kind = {".pdf": "application/pdf"}.get(path.suffix, "application/octet-stream")
            return FileResponse(path, media_type=kind)

        @made.get("/v1/documents/{document_id}/pages/{number}")
        def page(document_id: DocumentId, number: int) -> Json:
            with Catalog(self.workspace.catalog_file) as catalog:
                found = catalog.pages(document_id)[number]
                text = catalog.text_of(document_id, found.start, found.end)
            return {"page": number, "text": text, "start": found.start, "end": found.end}

    def _judging(self, made: APIRouter) -> None:
        @made.post("/v1/feedback", status_code=201)
        async def judge(request: Request) -> Json:
            said = await request.json()
            answer = self.answers[said["answer_id"]]
            stored = {"question": answer["question"], "answer": answer["reply"]["answer"]}
            self.judgements.insert(0, {**said, **stored, "created": _now(), "annotator": "local"})
            return {"id": f"j{len(self.judgements)}"}

        @made.get("/v1/feedback")
        def judgements() -> Json:
            return {"feedback": self.judgements}

        @made.get("/v1/queue")
        def queue() -> Json:
            rows = [{"answer_id": key, **row["reply"], **row} for key, row in self.answers.items()]
            return {"queue": [{**row, "reason": "least sure of its kind"} for row in rows]}

    def _developing(self, made: APIRouter) -> None:
        job = {**FIGURES["jobs"][0], "log": FIGURES["log"]}
        fixed: dict[str, Json] = {name: FIGURES[name] for name in ("slices", "errors", "labels")}
        fixed |= {"labels/mentions_rate/examples": FIGURES["examples"], "jobs/j1": job}
        fixed["jobs"] = {"jobs": FIGURES["jobs"]}
        for path, value in fixed.items():
            made.add_api_route(f"/v1/{path}", lambda value=value: value, methods=["GET"])

        @made.get("/v1/releases")
        def releases() -> Json:
            return {"current": self.current, "previous": "none", "releases": FIGURES["releases"]}

        @made.post("/v1/releases/{release_id}/promote")
        def promote(release_id: str) -> Json:
            self.current = release_id
            return {"current": release_id}

        @made.post("/v1/jobs", status_code=202)
        async def start(request: Request) -> Json:
            self.posted.append((await request.json())["kind"])
            return {"id": "j9"}


def _event(name: str, data: Json) -> str:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
