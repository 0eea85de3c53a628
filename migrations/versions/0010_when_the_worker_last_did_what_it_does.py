"""when the worker last did what it does"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "last_done",
        sa.Column("duty", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("duty", name=op.f("pk_last_done")),
    )


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
