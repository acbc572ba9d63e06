"""
What is published is found by its commune: the word that stands for it joins the words of each row.

Revision ID: 0024
Revises: 0023
"""

from __future__ import annotations

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_ADD = {
    "sqlite": """
        UPDATE publication SET search_text = search_text || ' xa' || json_extract(CAST(view AS TEXT), '$.commune_code')
        WHERE json_extract(CAST(view AS TEXT), '$.commune_code') <> ''
    """,
    "postgresql": """
        UPDATE publication SET search_text = search_text || ' xa' || (convert_from(view, 'UTF8')::json ->> 'commune_code')
        WHERE convert_from(view, 'UTF8')::json ->> 'commune_code' <> ''
    """,
}


def upgrade() -> None:
    """The indexes follow by their triggers."""
    op.execute(_ADD[op.get_context().dialect.name])
