"""Routes of the view "Develop" that this service does not have yet, for browser tests alone.

All else is the service itself. What is scripted are the figures of slices, errors, labels, releases and jobs.
A route goes from here as soon as the service has it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request

from rag.workspace import Workspace

Json = dict[str, Any]

# In the shapes that the commands print with ``--json``.
FIGURES: Json = json.loads(Path(__file__).with_name("develop.json").read_text(encoding="utf-8"))


class Scripted:
    """What was promoted and which jobs were started."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.posted: list[str] = []
        self.current = "b" * 12

    def router(self) -> APIRouter:
        """To be put before the service's own routes."""
        made = APIRouter()
        self._developing(made)
        return made

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
