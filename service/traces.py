"""Traces for OpenTelemetry, where its usual environment variables name a collector; else nothing is loaded.

A request is a span that continues the caller's trace; a question is one within it, with its stages laid end
to end as their times say. Attributes tell outcome, release and index, never what was asked or found. The
variables are those of the OpenTelemetry specification; OTLP goes over HTTP.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING, Self

from rag.errors import MissingExtraError, SettingsError

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span as TelemetrySpan
    from opentelemetry.trace import Tracer

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_HTTP = "http/protobuf"
_NS_PER_MS = 1_000_000


class Span:
    """A piece of work that nobody traces."""

    def rename(self, name: str) -> None:
        """Call it otherwise, now that more is known."""

    def note(self, **attributes: str | int | bool) -> None:
        """Say more of it."""

    def stages(self, timings_ms: Mapping[str, float]) -> None:
        """Its parts, which have just ended, in their order; ``total`` is all of them."""

    def failed(self, reason: str) -> None:
        """It did not end well."""


class Traces:
    """Where spans go; without a provider nowhere."""

    def __init__(self, provider: TracerProvider | None = None) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("covenant", version("covenant-qa")) if provider else None

    @classmethod
    def configured(cls, environment: Mapping[str, str]) -> Self:
        """As the environment says.

        Raises:
            MissingExtraError: a collector is named and the extra ``otel`` is not installed.
            SettingsError: another protocol than OTLP over HTTP is asked for.
        """
        named = any(environment.get(name) for name in _ENDPOINTS)
        if not named or environment.get("OTEL_SDK_DISABLED", "").casefold() == "true":
            return cls()
        protocol = next((environment[name] for name in _PROTOCOLS if environment.get(name)), _HTTP)
        if protocol != _HTTP:
            raise SettingsError(f"traces are not sent by {protocol}", f"set {_PROTOCOLS[1]} to {_HTTP}")
        try:
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
            from opentelemetry.sdk.resources import Resource
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.sdk.trace.export import BatchSpanProcessor
        except ImportError as error:
            raise MissingExtraError("OpenTelemetry traces", "otel") from error
        own = {} if environment.get("OTEL_SERVICE_NAME") else {"service.name": "covenant"}
        provider = TracerProvider(
            resource=Resource.create({**own, "service.version": version("covenant-qa")})
        )
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        return cls(provider)

    @contextmanager
    def request(self, method: str, headers: Mapping[str, str]) -> Iterator[Span]:
        """A request, within the trace that its headers name; what happens in the block is part of it."""
        if self._tracer is None:
            yield Span()
            return
        from opentelemetry.trace import SpanKind
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        with self._tracer.start_as_current_span(
            method,
            context=TraceContextTextMapPropagator().extract(dict(headers)),
            kind=SpanKind.SERVER,
            attributes={"http.request.method": method},
            record_exception=False,
        ) as span:
            yield _Told(span, self._tracer)

    @contextmanager
    def piece(self, name: str) -> Iterator[Span]:
        """A piece of work within the current request; may be left on another task than it was entered."""
        if self._tracer is None:
            yield Span()
            return
        span = self._tracer.start_span(name)
        try:
            yield _Told(span, self._tracer)
        finally:
            span.end()

    def close(self) -> None:
        """Send what is left."""
        if self._provider is not None:
            self._provider.shutdown()


class _Told(Span):
    """A span of OpenTelemetry."""

    def __init__(self, span: TelemetrySpan, tracer: Tracer) -> None:
        self._span = span
        self._tracer = tracer

    def rename(self, name: str) -> None:
        self._span.update_name(name)

    def note(self, **attributes: str | int | bool) -> None:
        self._span.set_attributes({name.replace("__", "."): value for name, value in attributes.items()})

    def failed(self, reason: str) -> None:
        from opentelemetry.trace import Status, StatusCode

        self._span.set_status(Status(StatusCode.ERROR, reason))

    def stages(self, timings_ms: Mapping[str, float]) -> None:
        from opentelemetry.trace import set_span_in_context

        within = set_span_in_context(self._span)
        at = time.time_ns() - round(timings_ms.get("total", 0.0) * _NS_PER_MS)
        for stage, ms in timings_ms.items():
            if stage == "total":
                continue
            part = self._tracer.start_span(stage, context=within, start_time=at)
            at += round(ms * _NS_PER_MS)
            part.end(end_time=at)
