"""create_app(): settings, extensions, blueprints, error pages, commands."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from flask import Blueprint, Flask
from flask_bootstrap import Bootstrap5
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

from portal.accounts import jobs as account_jobs
from portal.accounts.access import require_declared
from portal.accounts.security import init_accounts
from portal.accounts.sign_in_views import bp as sign_ins_blueprint
from portal.accounts.views import bp as accounts_blueprint
from portal.base import config, crypto, files, mail
from portal.base.db import configure_engine, db
from portal.base.health import bp as health_blueprint
from portal.base.jobs import Errand, JobFunction
from portal.base.web import init_web
from portal.cli import register_commands
from portal.compensation import jobs as compensation_jobs
from portal.complaints import jobs as complaint_jobs
from portal.complaints.drafts.views import bp as drafts_blueprint
from portal.complaints.evidence import jobs as evidence_jobs
from portal.complaints.evidence.views import bp as evidence_blueprint
from portal.complaints.following.feed_views import bp as feeds_blueprint
from portal.complaints.following.recovery_views import bp as recovery_blueprint
from portal.complaints.following.request_views import bp as requests_blueprint
from portal.complaints.following.survey_views import bp as surveys_blueprint
from portal.complaints.following.views import bp as complaints_blueprint
from portal.complaints.following.voice_views import bp as voices_blueprint
from portal.complaints.letters import notices
from portal.complaints.letters.telling import SEND_NOTICE
from portal.complaints.official.views import bp as official_forms_blueprint
from portal.desk.evidence_views import bp as desk_evidence_blueprint
from portal.desk.intake_views import bp as desk_intake_blueprint
from portal.desk.move_views import bp as desk_moves_blueprint
from portal.desk.naming_views import bp as desk_naming_blueprint
from portal.desk.official_views import bp as desk_forms_blueprint
from portal.desk.recovery_views import bp as desk_recovery_blueprint
from portal.desk.review_views import bp as desk_reviews_blueprint
from portal.desk.views import desk as desk_blueprint
from portal.instruments.views import instruments as instruments_blueprint
from portal.merchants import jobs as merchant_jobs
from portal.merchants.views import merchants as merchants_blueprint
from portal.records import jobs as record_jobs
from portal.records.views import records as records_blueprint
from portal.search.queries import use_index
from portal.workspace.evidence_views import bp as workspace_evidence_blueprint
from portal.workspace.views import bp as workspace_blueprint

migrate = Migrate()

# Left to right along the line of the house.
BLUEPRINTS: tuple[Blueprint, ...] = (
    health_blueprint,
    accounts_blueprint,
    sign_ins_blueprint,
    records_blueprint,
    merchants_blueprint,
    instruments_blueprint,
    complaints_blueprint,
    evidence_blueprint,
    requests_blueprint,
    surveys_blueprint,
    recovery_blueprint,
    voices_blueprint,
    feeds_blueprint,
    drafts_blueprint,
    official_forms_blueprint,
    workspace_blueprint,
    workspace_evidence_blueprint,
    desk_blueprint,
    desk_evidence_blueprint,
    desk_intake_blueprint,
    desk_moves_blueprint,
    desk_naming_blueprint,
    desk_forms_blueprint,
    desk_recovery_blueprint,
    desk_reviews_blueprint,
)

# What the worker does when a job asks for it, and what it does on its own every so often.
JOBS: dict[str, JobFunction | Errand] = {
    "refresh_standings": merchant_jobs.refresh_standings,
    evidence_jobs.SWEEP_FILES: evidence_jobs.SWEEP_ERRAND,
    SEND_NOTICE: Errand(prepare=notices.letter_of, carry_out=mail.deliver),
}
SWEEPS: dict[str, tuple[timedelta, JobFunction]] = {
    "sweep_sign_ins": (account_jobs.SWEEP_EVERY, account_jobs.sweep_sign_ins),
    "expire_records": (record_jobs.EXPIRE_EVERY, record_jobs.expire),
    "refresh_standings": (merchant_jobs.REFRESH_EVERY, merchant_jobs.refresh_all),
    "mark_overdue": (compensation_jobs.MARK_EVERY, compensation_jobs.mark_overdue),
    "count_silences": (complaint_jobs.COUNT_EVERY, complaint_jobs.count_silences),
    "presume_receipts": (complaint_jobs.PRESUME_EVERY, complaint_jobs.presume_receipts),
    "refresh_clocks": (complaint_jobs.REFRESH_EVERY, complaint_jobs.refresh_clocks),
    "lapse_requests": (complaint_jobs.LAPSE_EVERY, complaint_jobs.lapse_requests),
    "forget_filers": (complaint_jobs.FORGET_EVERY, complaint_jobs.forget_filers),
    "expire_drafts": (evidence_jobs.EXPIRE_EVERY, evidence_jobs.expire_drafts),
    "ask_for_sweep": (evidence_jobs.SWEEP_EVERY, evidence_jobs.ask_for_sweep),
}


def create_app(environ: Mapping[str, str] | None = None, **overrides: Any) -> Flask:
    """Return the application for an environment (os.environ when none is given)."""
    settings = config.load(os.environ if environ is None else environ)
    app = Flask(
        "portal",
        root_path=str(config.PROJECT_ROOT / "portal"),
        instance_path=settings["INSTANCE_PATH"],
        template_folder=str(config.PROJECT_ROOT / "templates"),
        static_folder=str(config.PROJECT_ROOT / "portal" / "static"),
    )
    app.config.update(settings, **overrides)
    crypto.use_keys(app.config["SECRET_KEYS"])
    mail.use_mail(app.config)
    files.use_store(app.config)
    db.init_app(app)
    with app.app_context():
        configure_engine(db.engine)
        use_index(app.config["SEARCH_ENGINE"], app.config["INSTANCE_PATH"])
    migrate.init_app(app, db, directory=str(config.PROJECT_ROOT / "migrations"), render_as_batch=True)
    init_web(app)
    # Its stylesheet only, served from the installed package; base.html links it.
    Bootstrap5(app)
    init_accounts(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    require_declared(app)
    _give_work(app)
    register_commands(app)
    _trust_proxies(app)
    return app


def _give_work(app: Flask) -> None:
    """Hand the worker its tables; what needs a setting gets it here."""
    sign = partial(
        record_jobs.sign_checkpoint, origin=app.config["LOG_ORIGIN"], path=app.config["CHECKPOINT_FILE"]
    )
    app.extensions["jobs"] = JOBS
    app.extensions["sweeps"] = {**SWEEPS, "sign_checkpoint": (record_jobs.SIGN_EVERY, sign)}


def _trust_proxies(app: Flask) -> None:
    count = app.config["TRUSTED_PROXIES"]
    if count:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]
