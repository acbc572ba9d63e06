"""
Everything an operator can have done, by name: async functions of the deployment and JSON arguments, to JSON.

The one registry behind the socket and the command line. Arguments come from this machine's operator, and are checked
all the same: a slip must be refused with a sentence.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from gateway.admin.actions import (
    agencies,
    apps,
    channels,
    links,
    offices,
    outbox,
    people,
    places,
    rehearsals,
    statistics,
    triage,
    upkeep,
)
from gateway.deployment import Deployment

Action = Callable[[Deployment, Mapping[str, Any]], Awaitable[Any]]

ACTIONS: Mapping[str, Action] = {
    "user.add": people.add_user,
    "user.identify": people.identify,
    "user.list": people.list_users,
    "user.grant": people.grant,
    "user.revoke": people.revoke,
    "user.password": people.set_password,
    "user.reset-totp": people.reset_totp,
    "user.deactivate": people.deactivate,
    "token.add": people.add_token,
    "token.revoke": people.revoke_token,
    "app.add": apps.add_app,
    "app.list": apps.list_apps,
    "app.revoke": apps.revoke_app,
    "link.add": links.add_link,
    "link.list": links.list_links,
    "link.rotate": links.rotate_link,
    "link.test": links.test_link,
    "link.end": links.end_link,
    "agency.list": agencies.list_agencies,
    "agency.show": agencies.show_agency,
    "agency.import": agencies.import_file,
    "agency.add": agencies.add_agency,
    "agency.move": agencies.move_agency,
    "agency.close": agencies.close_agency,
    "regulation.simulate": rehearsals.simulate,
    "focal.list": offices.list_focal_points,
    "focal.gaps": offices.list_gaps,
    "focal.set": offices.set_focal_point,
    "focal.drop": offices.drop_focal_point,
    "away.list": offices.list_stand_ins,
    "away.add": offices.add_stand_in,
    "away.end": offices.end_stand_in,
    "work.list": offices.list_work,
    "work.hand-over": offices.hand_over,
    "commune.import": places.import_tables,
    "commune.search": places.search,
    "agency.editions": agencies.list_editions,
    "channel.list": channels.list_channels,
    "channel.connect": channels.connect,
    "inbox.quarantine": upkeep.quarantine,
    "inbox.replay": upkeep.replay,
    "outbox.list": outbox.list_stopped,
    "outbox.show": outbox.show,
    "outbox.replay": outbox.replay,
    "outbox.drop": outbox.drop,
    "audit.verify": upkeep.verify,
    "audit.root": upkeep.root,
    "statistics.period": statistics.period,
    "statistics.rebuild": statistics.rebuild,
    "triage.score": triage.score,
    "triage.train": triage.train,
    "backup.archive": upkeep.backup_archive,
    "backup.keys": upkeep.backup_keys,
    "erase": upkeep.erase,
    "recordings.due": upkeep.recordings_due,
    "keys.rotate": upkeep.rotate,
}
