"""what was taken out, and what is locked"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "redaction",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("round_id", sa.String(length=32), nullable=False),
        sa.Column("redacted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voice", sa.String(length=20), nullable=True),
        sa.Column("question", sa.String(length=40), nullable=True),
        sa.Column("old_digest", sa.String(length=64), nullable=False),
        sa.Column("new_digest", sa.String(length=64), nullable=False),
        sa.CheckConstraint("(voice IS NULL) <> (question IS NULL)", name=op.f("ck_redaction_a_voice_or_a_text")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_redaction_round_id_round"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redaction")),
    )
    op.create_index(op.f("ix_redaction_round_id"), "redaction", ["round_id"], unique=False)
    # Rounds of before have ordinary keys; from here the program says it for every new one.
    op.add_column("round", sa.Column("strict", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
