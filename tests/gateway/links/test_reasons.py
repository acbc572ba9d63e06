"""Why nothing goes: whoever runs either side reads the reason, and it is gone once that is mended."""

from __future__ import annotations

from pathlib import Path

from structlog.testing import capture_logs

from gateway.admin.actions import ACTIONS
from tests.gateway.links.conftest import ACTS, CITY, PROVINCE, linked
from tests.gateway.links.offices import Office, pass_time, until_quiet
from tests.gateway.links.test_federation import handed_over


async def test_a_wrong_secret_is_named_on_both_sides(tmp_path: Path) -> None:
    """Whoever looks why nothing goes reads the reason; once it is mended, all of it goes."""
    async with Office(tmp_path / "province") as province, Office(tmp_path / "city") as city:
        secret = await linked(province.world, CITY, url=city.url, known_as=PROVINCE, **ACTS)
        await linked(city.world, PROVINCE, kind="peer", url=province.url, known_as=CITY)
        await handed_over(province)
        with capture_logs() as logs:
            await until_quiet(province, city)
        assert {"link_refused", PROVINCE} <= {one.get(key) for one in logs for key in ("event", "link")}
        (line,) = await ACTIONS["link.list"](province.world.deployment, {})
        assert (line["waiting"], line["reason"]) == (1, "http_401 signature_invalid")

        await ACTIONS["link.rotate"](city.world.deployment, {"name": PROVINCE, "secret": secret})
        pass_time(province, city, minutes=1)
        await until_quiet(province, city)
        (line,) = await ACTIONS["link.list"](province.world.deployment, {})
        assert (line["waiting"], line["reason"]) == (0, "")
