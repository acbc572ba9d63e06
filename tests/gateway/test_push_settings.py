"""Settings of notices in browsers: off without a contact, refused with key and example where they cannot work."""

from __future__ import annotations

from pathlib import Path

import pytest

from channels.webpush.settings import HOSTS
from gateway.settings.push import push_mistakes, push_settings
from tests.support.deployments import settings_for

CONTACT = "mailto:vanhanh@phananh.example.vn"


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({}, ""),
        ({"contact": CONTACT}, ""),
        ({"contact": "vanhanh@phananh.example.vn"}, "push.contact"),
        ({"contact": CONTACT, "sandbox": "http://push.example.vn"}, "push.sandbox"),
        ({"contact": CONTACT, "fcm_account": "{"}, "push.fcm_account"),
        ({"contact": CONTACT, "fcm_account": '{"project_id": "phan-anh", "private_key": "none"}'}, "push.fcm_account"),
    ],
)
def test_what_cannot_work_is_said(tmp_path: Path, given: dict[str, str], key: str) -> None:
    assert [error.key for error in push_mistakes(settings_for(tmp_path, push=given))] == ([key] if key else [])


def test_hosts_are_the_browsers_own_unless_named(tmp_path: Path) -> None:
    usual = settings_for(tmp_path, push={"contact": CONTACT})
    named = settings_for(tmp_path, push={"contact": CONTACT, "hosts": ["push.example.vn"]})

    assert push_settings(usual, secret=b"s" * 32).hosts == HOSTS
    assert push_settings(named, secret=b"s" * 32).hosts == ("push.example.vn",)
