"""${message}"""

# There is no way down: an older schema comes back from a backup.

import sqlalchemy as sa
from alembic import op

import core.storage.types

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}

