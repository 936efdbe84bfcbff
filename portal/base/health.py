"""Is the portal up, is it ready, how is it doing: for machines, not for people."""

from __future__ import annotations

import hmac

from flask import Blueprint, Response, abort, current_app, request
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from sqlalchemy import func, select, text

from portal.base.db import db
from portal.base.jobs import MOST_ATTEMPTS, Job
from portal.base.web import open_to_all

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@open_to_all
def healthz() -> Response:
    """Say that this process answers."""
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
@open_to_all
def readyz() -> Response:
    """Say whether the database answers and has its tables."""
    try:
        db.session.execute(text("SELECT 1 FROM alembic_version"))
    except Exception:
        db.session.rollback()
        return Response("the database does not answer, or was never migrated\n", 503, mimetype="text/plain")
    return Response("ready\n", mimetype="text/plain")


@bp.get("/metrics")
@open_to_all
def metrics() -> Response:
    """Return figures as Prometheus reads them to the holder of METRICS_TOKEN; else there is no such page."""
    token = current_app.config["METRICS_TOKEN"]
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(token.encode(), given.encode()):
        abort(404)
    registry = CollectorRegistry()
    waiting = select(func.count()).select_from(Job)
    jobs = Gauge("full_measure_jobs", "Jobs in the outbox", ["state"], registry=registry)
    jobs.labels("waiting").set(db.session.scalar(waiting.where(Job.attempts < MOST_ATTEMPTS)) or 0)
    jobs.labels("given_up").set(db.session.scalar(waiting.where(Job.attempts >= MOST_ATTEMPTS)) or 0)
    for name, words, query in FIGURES:
        Gauge(f"full_measure_{name}", words, registry=registry).set(db.session.scalar(text(query)) or 0)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


# Tables to the right are counted by name: a figure needs no import.
FIGURES = (
    ("merchants", "Merchants known", "SELECT count(*) FROM merchant"),
    ("public_records", "Public records ever published", "SELECT count(*) FROM public_record"),
    ("search_documents", "Documents the index follows", "SELECT count(*) FROM search_document"),
)
