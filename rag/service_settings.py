"""Settings of the HTTP service: a section of the tree in ``rag.settings``, which is where they are read."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class ServiceSettings(BaseModel):
    """Where the HTTP service listens, and what it lets through."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field("127.0.0.1", description="Address to bind.")
    port: int = Field(8100, ge=0, le=65535, description="Port; 0 takes a free one.")
    max_body_kb: int = Field(1024, ge=1, description="Larger request bodies are refused, in KiB.")
    requests_per_minute: int = Field(
        600, ge=1, description="Requests a minute of each key that has no rate of its own."
    )
    max_upload_mb: int = Field(100, ge=1, description="Larger files are not taken in uploads, in MiB.")
    max_upload_pages: int = Field(5000, ge=1, description="Uploaded files of more pages are refused.")
    upload_timeout_s: float = Field(
        300.0, gt=0, description="An uploaded file that takes longer to read is refused."
    )
    workers: int = Field(
        0,
        ge=0,
        le=64,
        description="Processes that answer side by side, each with the models in memory; 1 answers in the"
        " serving process, 0 takes one per processor, four at most.",
    )
    max_waiting: int = Field(
        64,
        ge=1,
        le=100_000,
        description="Questions that wait or run at a time; more get 429.",
    )
    batch: int = Field(
        1, ge=1, le=256, description="Waiting questions that a process takes at a time, answered in turn."
    )
    timeout_s: float = Field(
        120.0, gt=0, le=86_400, description="A question that takes longer is given up, in seconds."
    )
    job_folders: tuple[str, ...] = Field(
        (), description="Folders besides the workspace from which jobs may read documents and questions."
    )
