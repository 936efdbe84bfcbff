"""A draft begun before the keys were changed is sent, followed and found with the code it was given."""

from __future__ import annotations

from flask.testing import FlaskClient

from portal.base import crypto
from portal.complaints import queries
from portal.merchants.models import Merchant
from tests.complaints.forms import code_on, fill_in, typed

NEW_KEY = "another-key-of-more-than-32-characters"


def test_a_draft_outlives_a_change_of_keys(client: FlaskClient, shop: Merchant) -> None:
    draft, _answer = fill_in(client, typed(shop))
    code = code_on(client.get(f"{draft}/kept"))
    assert code
    old_keys = crypto._keys
    try:
        crypto.use_keys((NEW_KEY, *old_keys))
        assert code_on(client.get(f"{draft}/kept")) == code
        sent = client.post(f"{draft}/send", data={"submission_id": "filing-1"})
        assert sent.status_code == 303
        assert code_on(client.get(sent.location)) == code
        filing = queries.filing_by_code(code)
        assert filing is not None
        assert sent.location.endswith(filing.cases[0].number)
    finally:
        crypto.use_keys(old_keys)
