"""what came of a mirror"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "story_part",
        sa.Column("company_id", sa.String(length=32), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("pen", sa.String(length=36), nullable=False),
        sa.Column("stroke", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_story_part_company_id_company"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", "place", name=op.f("pk_story_part")),
    )
    op.create_table(
        "appointment",
        sa.Column("round_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.Time(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("called_off", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('conversation', 'next_round')", name=op.f("ck_appointment_known_kind")),
        sa.CheckConstraint("called_off IN (0, 1)", name=op.f("ck_appointment_called_off_or_not")),
        sa.CheckConstraint("minutes BETWEEN 15 AND 600", name=op.f("ck_appointment_a_part_of_a_day")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_appointment_round_id_round"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("round_id", "kind", name=op.f("pk_appointment")),
    )
    op.create_table(
        "coach_note",
        sa.Column("round_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("pen", sa.String(length=36), nullable=False),
        sa.Column("stroke", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_coach_note_account_id_account"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_coach_note_round_id_round"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("round_id", "account_id", "place", name=op.f("pk_coach_note")),
    )
    op.create_table(
        "conversation_note",
        sa.Column("round_id", sa.String(length=32), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("pen", sa.String(length=36), nullable=False),
        sa.Column("stroke", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_conversation_note_round_id_round"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("round_id", "place", name=op.f("pk_conversation_note")),
    )
    op.create_table(
        "tell_back",
        sa.Column("round_id", sa.String(length=32), nullable=False),
        sa.Column("thanks", sa.String(), nullable=False),
        sa.Column("heard_first", sa.String(), nullable=False),
        sa.Column("heard_second", sa.String(), nullable=False),
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("next_list", sa.String(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_tell_back_round_id_round"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_tell_back")),
    )


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
