"""The export holds what anybody needs to work out a merchant's credit status again."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, date, datetime

from flask import Flask

from portal.records import queries
from portal.rules.credit import CreditStatus, RecordFact, status_of
from portal.rules.publication import RecordKind
from tests.builders import publish_record

NOW = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)
TODAY = date(2026, 6, 1)
PLEDGE = {"valid_from": "2026-01-01", "valid_to": "2026-12-31"}
VERIFIED = {"instrument": "I1", "result": "passed", "valid_until": "2026-12-01", "compulsory": True}
FOUND = {"verdict": "over", "month": "2026-05"}


def publish_histories() -> dict[str, CreditStatus]:
    """Publish one merchant for each status; return what each status should be."""
    for number in ("M-TRUST", "M-WATCH"):
        publish_record(RecordKind.PLEDGE, PLEDGE, merchant_number=number, now=NOW)
        publish_record(RecordKind.VERIFICATION, VERIFIED, merchant_number=number, now=NOW)
    publish_record(RecordKind.FINDING, FOUND, merchant_number="M-WATCH", now=NOW)
    warning = {"valid_until": "2026-09-01"}
    publish_record(RecordKind.WARNING, warning, merchant_number="M-WARNING", now=NOW)
    publish_record(RecordKind.AWARD, {"valid_until": "2028-01-01"}, merchant_number="M-AWARD", now=NOW)
    publish_record(
        RecordKind.FINDING, FOUND, merchant_number="M-NONE", visible_until=date(2026, 5, 31), now=NOW
    )
    publish_record(RecordKind.PLEDGE, PLEDGE, merchant_number="M-NONE", now=NOW)
    return {
        "M-TRUST": CreditStatus.TRUST,
        "M-WATCH": CreditStatus.WATCH,
        "M-WARNING": CreditStatus.WARNING,
        "M-AWARD": CreditStatus.DEMONSTRATION,
        "M-NONE": CreditStatus.NO_BASIS,
    }


def test_every_status_follows_from_the_exported_records(app: Flask) -> None:
    expected = publish_histories()
    lines = [json.dumps(row) for row in queries.export_rows(TODAY)]
    exported = defaultdict(list)
    for line in lines:
        fact = RecordFact.from_dict(json.loads(line))
        exported[fact.merchant_number].append(fact)
    for number, status in expected.items():
        answer = status_of(exported[number], TODAY)
        assert answer.status is status
        assert answer == status_of(queries.record_facts(number, today=TODAY), TODAY)
