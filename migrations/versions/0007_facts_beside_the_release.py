"""facts beside the release"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "named_facts",
        sa.Column("round_id", sa.String(length=32), nullable=False),
        sa.Column("voice", sa.String(length=20), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_named_facts_round_id_round"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("round_id", "voice", name=op.f("pk_named_facts")),
    )


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
