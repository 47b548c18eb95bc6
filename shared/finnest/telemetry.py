"""Logs as JSON lines, and traces when `OTEL_EXPORTER_OTLP_ENDPOINT` names a collector."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager

import structlog
from opentelemetry import trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_tracer = trace.get_tracer("finnest")
_propagator = TraceContextTextMapPropagator()


@contextmanager
def span(name: str, traceparent: str, **attributes: str) -> Generator[None]:
    """Record a span under the given parent; free when no collector is configured."""
    parent = _propagator.extract({"traceparent": traceparent}) if traceparent else None
    with _tracer.start_as_current_span(name, parent, attributes=attributes):
        yield


def configure() -> None:
    """Set up logging for this process; without a collector nothing of OpenTelemetry is loaded."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        cache_logger_on_first_use=True,
    )
    if os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        _export_traces()


def _export_traces() -> None:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
