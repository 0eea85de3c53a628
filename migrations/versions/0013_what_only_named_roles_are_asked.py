"""what only named roles are asked"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Owners of before were not asked; from here the program says it for every new one.
    op.add_column("self_assessment", sa.Column("beside", sa.JSON(), server_default=sa.text("'{}'"), nullable=False))
    op.create_table(
        "scan_outcome",
        sa.Column("round_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("scanned_on", sa.String(length=40), nullable=False),
        sa.Column("score", sa.String(length=20), nullable=False),
        sa.Column("scale", sa.String(length=40), nullable=False),
        sa.Column("people", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_scan_outcome_round_id_round"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_scan_outcome")),
    )


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
