"""A shop with an owner and a helper, and a stranger's shop."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.accounts.models import Role
from portal.base import clock
from tests.builders import make_member, make_merchant, sign_in
from tests.workspace.shops import Shop


@pytest.fixture
def shop(app: Flask) -> Shop:
    now = clock.now()
    merchant = make_merchant(now=now)
    owner_id = make_member(Role.MERCHANT_OWNER, merchant.id, now=now)
    client = app.test_client()
    client.set_cookie("lang", "en")
    sign_in(client, owner_id)
    return Shop(merchant, owner_id, client)


@pytest.fixture
def stranger(app: Flask) -> Shop:
    now = clock.now()
    merchant = make_merchant("老李水产店", address="文三路9号", now=now)
    owner_id = make_member(Role.MERCHANT_OWNER, merchant.id, login="li@example.cn", name="李雷", now=now)
    client = app.test_client()
    client.set_cookie("lang", "en")
    sign_in(client, owner_id)
    return Shop(merchant, owner_id, client)
