"""Gives the tests of every folder the same fixtures and rules; see tests/support/plugin.py."""

pytest_plugins = [
    "tests.support.plugin",
    "tests.support.standstill",
    "tests.support.databases",
    "tests.support.deployments",
]
