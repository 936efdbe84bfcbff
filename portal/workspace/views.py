"""The merchant's own side: what to answer, what to pay, the pledge, the credit file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, render_template, request, url_for
from flask_babel import gettext as _

import portal.compensation.words  # noqa: F401 - the states of a payment need their words
from portal.accounts.access import (
    Role,
    merchant_ids,
    require_member,
    require_merchant,
    role_required,
)
from portal.base import clock
from portal.base.labels import money, render
from portal.base.once import do_once, new_submission_id
from portal.base.web import seen_elsewhere
from portal.complaints import actions as complaint_actions
from portal.complaints import queries as complaint_queries
from portal.complaints.evidence import actions as evidence
from portal.merchants import actions as merchant_actions
from portal.merchants import queries as merchant_queries
from portal.rules.compensation import amount_in_capitals
from portal.rules.errors import RuleError
from portal.rules.pledge import CLAUSES, LEGAL_BASIS, PledgeTerms, default_end_on, describe, headline
from portal.workspace import actions, queries
from portal.workspace.forms import (
    OfferForm,
    OwnForm,
    PaidForm,
    PledgeForm,
    ReplyForm,
    ReviewForm,
    WithdrawForm,
)
from portal.workspace.reading import case_seen, home_of, pledge_seen, pledges_of

bp = Blueprint("workspace", __name__, url_prefix="/merchant")

OWN = (Role.MERCHANT_OWNER, Role.MERCHANT_STAFF)
CHECK = "check"  # the button that reads back what was typed; any other sends it


@bp.get("/")
@role_required(*OWN)
def home() -> Any:
    """Show what waits: complaints to answer, money to pay, the pledge."""
    merchant = _merchant()
    return render_template(
        "workspace/home.html",
        home=home_of(merchant, today=clock.today()),
        answer=merchant_queries.credit_answer(merchant, clock.today()),
        capitals=amount_in_capitals,
        **_frame(merchant, "home"),
    )


@bp.get("/cases/<number>")
@role_required(*OWN)
def case(number: str) -> Any:
    """Show one complaint, with what may be done about it."""
    return _case_page(number)


@bp.post("/cases/<number>/reply")
@role_required(*OWN)
def reply(number: str) -> Any:
    """Send the merchant's answer."""
    form = ReplyForm()
    case, user_id = _case(number), require_member().user_id

    def act() -> str:
        actions.reply(case, form.answer.data.strip(), user_id=user_id, now=clock.now())
        return url_for("workspace.case", number=case.number)

    return _send_for_case(number, form, "reply", act, _("Your answer is sent."))


@bp.post("/cases/<number>/offer")
@role_required(*OWN)
def offer(number: str) -> Any:
    """Read an offer back, and send it once it was read."""
    form = OfferForm()
    case, user_id = _case(number), require_member().user_id
    if form.validate() and request.form.get("step") == CHECK:
        return render_template(
            "workspace/check_offer.html",
            form=form,
            seen=case_seen(case, today=clock.today()),
            capitals=amount_in_capitals,
            **_frame(case.merchant, "home"),
        )

    def act() -> str:
        note = (form.note.data or "").strip()
        actions.make_offer(case, form.amount_fen, note, user_id=user_id, now=clock.now())
        return url_for("workspace.case", number=case.number)

    done = _("You offered %(amount)s.", amount=money(form.amount_fen))
    return _send_for_case(number, form, "offer", act, done)


@bp.post("/cases/<number>/paid")
@role_required(*OWN)
def report_paid(number: str) -> Any:
    """Note that the merchant has paid; the buyer is then asked."""
    form = PaidForm()
    form.offer_choices()
    case, user_id = _case(number), require_member().user_id

    def act() -> str:
        complaint_actions.report_paid(
            case,
            method=form.method.data,
            reference=form.reference.data or "",
            user_id=user_id,
            now=clock.now(),
        )
        return url_for("workspace.case", number=case.number)

    return _send_for_case(number, form, "paid", act, _("Noted. The buyer is asked to confirm the money."))


@bp.route("/pledge", methods=["GET", "POST"])
@role_required(Role.MERCHANT_OWNER)
def pledge() -> Any:
    """Show the pledge and its form; read back what was typed; publish it once it was read."""
    merchant = _merchant()
    form = PledgeForm(data=_present_terms(merchant.id) if request.method == "GET" else None)
    form.offer_choices()
    if request.method == "GET" or request.form.get("step") == "edit":
        return _pledge_page(merchant, form)
    is_whole = form.validate()
    terms, dates = (form.terms(), form.dates()) if is_whole else (None, None)
    if terms is None or dates is None:
        return _pledge_page(merchant, form, code=422)
    if request.form.get("step") == CHECK:
        return _pledge_check(merchant, form, terms, dates)

    def act() -> str:
        merchant_actions.publish_pledge(
            merchant,
            terms,
            signer=form.signer.data,
            scope=form.scope.data or "",
            valid_from_on=dates[0],
            valid_to_on=dates[1],
            now=clock.now(),
        )
        return url_for("workspace.pledge", merchant=merchant.number)

    return _send(form, act, _("Your pledge is published."), lambda: _pledge_page(merchant, form, code=422))


@bp.post("/pledge/withdraw")
@role_required(Role.MERCHANT_OWNER)
def withdraw_pledge() -> Any:
    """Withdraw the pledge in force and any that would follow."""
    merchant, form = _merchant(), WithdrawForm()

    def act() -> str:
        merchant_actions.withdraw_pledge(merchant, now=clock.now())
        return url_for("workspace.pledge", merchant=merchant.number)

    def again() -> Any:
        blank = PledgeForm(formdata=None, data=_present_terms(merchant.id))
        blank.offer_choices()
        return _pledge_page(merchant, blank, withdraw_form=form, code=422)

    return _send(form, act, _("Your pledge is withdrawn."), again) if form.validate() else again()


@bp.route("/credit", methods=["GET", "POST"])
@role_required(*OWN)
def credit() -> Any:
    """Show the status with its reasons, and take a request that a person look again."""
    merchant, form, user_id = _merchant(), ReviewForm(), require_member().user_id
    if request.method == "GET" or not form.validate():
        return _credit_page(merchant, form)

    def act() -> str:
        actions.ask_for_review(merchant, form.wording.data, user_id=user_id, now=clock.now())
        return url_for("workspace.credit", merchant=merchant.number)

    return _send(form, act, _("Your request is sent to the office."), lambda: _credit_page(merchant, form))


def _merchant() -> Any:
    """Return the merchant asked for, the first of one's own when none is named, or answer 404."""
    wanted = request.args.get("merchant")
    mine = queries.merchants_by_ids(merchant_ids())
    found = next((m for m in mine if wanted in (None, m.number)), None)
    if found is None:
        abort(404)
    require_merchant(found.id)
    return found


def _case(number: str) -> Any:
    """Return one's own complaint, or answer 404; a report never is one's own."""
    found = complaint_queries.mediation_case_of(merchant_ids(), number)
    if found is None or found.merchant_id is None:
        abort(404)
    require_merchant(found.merchant_id)
    return found


def _frame(merchant: Any, open_page: str) -> dict[str, Any]:
    """Return what the frame of every page here shows: whose side it is, and the ways through it."""
    return {
        "merchant": merchant,
        "others": [m for m in queries.merchants_by_ids(_all_merchant_ids()) if m.id != merchant.id],
        "open_page": open_page,
        "is_owner": any(
            m.role is Role.MERCHANT_OWNER and m.subject_id == merchant.id
            for m in require_member().memberships
        ),
    }


def _all_merchant_ids() -> tuple[int, ...]:
    return tuple(m.subject_id for m in require_member().memberships if m.role in OWN)


def _send(form: OwnForm, act: Callable[[], str], done: str, again: Callable[[], Any]) -> Any:
    """Do what was sent, once; show the form again with the reason when it cannot be done."""
    body = {key: value for key, value in request.form.to_dict(flat=False).items() if key != "csrf_token"}
    try:
        location = do_once(form.submission_id.data, {"path": request.path, **body}, act, now=clock.now())
    except RuleError as error:
        form.form_errors.append(render(error.message))
        form.submission_id.data = new_submission_id()
        return again()
    flash(done, "good")
    return seen_elsewhere(location)


def _send_for_case(number: str, form: OwnForm, name: str, act: Callable[[], str], done: str) -> Any:
    if not form.validate() or request.form.get("step") == "edit":
        return _case_page(number, **{name: form})
    return _send(form, act, done, lambda: _case_page(number, **{name: form}))


def _case_page(number: str, **sent: OwnForm) -> Any:
    """Show a case with its forms, the one that was sent as it was typed."""
    found = _case(number)
    blank: dict[str, OwnForm] = {
        "reply": ReplyForm(formdata=None),
        "offer": OfferForm(formdata=None),
        "paid": PaidForm(formdata=None),
    }
    forms = blank | sent
    forms["paid"].offer_choices()
    faulty = next((form for form in sent.values() if form.errors), None)
    page = render_template(
        "workspace/case.html",
        shown_files=evidence.released_files(found),
        seen=case_seen(found, today=clock.today()),
        forms=forms,
        faulty=faulty,
        capitals=amount_in_capitals,
        **_frame(found.merchant, "home"),
    )
    return page, 422 if faulty else 200


def _present_terms(merchant_id: int) -> dict[str, Any]:
    """Return what the pledge form begins with: the pledge as it stands, else what most shops promise."""
    held = pledge_seen(merchant_id, today=clock.today())
    terms = PledgeTerms.from_dict(held.version.terms) if held else PledgeTerms(factor=10)
    return {
        "kind": terms.kind.value,
        "factor": str(terms.factor) if terms.factor else "",
        "fixed": _typed(terms.fixed_fen),
        "floor": _typed(terms.floor_fen),
        "cap": _typed(terms.cap_fen),
        "trigger": terms.trigger.value,
        "free_reweigh": terms.free_reweigh,
        "response_days": str(terms.response_days),
        "payment_days": str(terms.payment_days),
        "valid_from": clock.today().isoformat(),
        "scope": held.version.scope if held else "",
        "signer": require_member().name,
    }


def _typed(amount_fen: int | None) -> str:
    return f"{amount_fen // 100}.{amount_fen % 100:02d}" if amount_fen else ""


def _pledge_page(
    merchant: Any, form: PledgeForm, *, withdraw_form: WithdrawForm | None = None, code: int = 200
) -> Any:
    faulty = withdraw_form if withdraw_form is not None else form
    page = render_template(
        "workspace/pledge.html",
        form=form,
        faulty=faulty,
        withdraw_form=withdraw_form or WithdrawForm(formdata=None),
        held=pledge_seen(merchant.id, today=clock.today()),
        versions=pledges_of(merchant.id, today=clock.today()),
        **_frame(merchant, "pledge"),
    )
    return page, code


def _pledge_check(merchant: Any, form: PledgeForm, terms: PledgeTerms, dates: Any) -> Any:
    return render_template(
        "workspace/check_pledge.html",
        form=form,
        typed=[(key, value) for key, value in request.form.items() if key not in NOT_TYPED],
        headline=headline(terms),
        sentences=describe(terms),
        first_on=dates[0],
        last_on=dates[1] or default_end_on(dates[0]),
        clauses=CLAUSES,
        legal_basis=LEGAL_BASIS,
        **_frame(merchant, "pledge"),
    )


NOT_TYPED = {"csrf_token", "submission_id", "step"}


def _credit_page(merchant: Any, form: ReviewForm) -> Any:
    page = render_template(
        "workspace/credit.html",
        form=form,
        answer=merchant_queries.credit_answer(merchant, clock.today()),
        may_ask=actions.may_ask_for_review(merchant, today=clock.today()),
        waiting=queries.open_review_request(merchant.id),
        requests=queries.review_requests_of(merchant.id),
        **_frame(merchant, "credit"),
    )
    return page, 422 if form.errors else 200
