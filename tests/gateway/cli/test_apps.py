"""Keys of the province's own apps from the command line."""

from __future__ import annotations

from tests.gateway.cli.conftest import CommandLine


async def test_a_key_lives_from_add_to_revoke(langnghe: CommandLine) -> None:
    """Printed once, alone on standard output; a name is one app's until it is ended."""
    made = await langnghe.must("app", "add", "hue-s", "--label", "Hue-S")
    again = await langnghe("app", "add", "hue-s", "--label", "Hue-S")
    listed = await langnghe.must("app", "list")
    await langnghe.must("app", "revoke", "hue-s")
    ended = await langnghe.must("app", "list")
    renewed = await langnghe.must("app", "add", "hue-s", "--label", "Hue-S")

    assert made.out.startswith("la_hue-s_")
    assert len(made.out.split()) == 1
    assert again.code == 1
    assert (listed.out, ended.out) == ("hue-s\tHue-S\tin use\n", "hue-s\tHue-S\tended\n")
    assert renewed.out != made.out


async def test_a_name_is_short_and_plain(langnghe: CommandLine) -> None:
    """It stands in the key, and staff read it; our own pages have theirs already."""
    for name in ("Hue S", "h_s", "x", "portal", "-a"):
        assert (await langnghe("app", "add", "--label", "x", "--", name)).code == 1
    assert (await langnghe("app", "revoke", "nothing")).code == 1
