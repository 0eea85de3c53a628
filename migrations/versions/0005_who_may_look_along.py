"""who may look along"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NOT_REVOKED = sa.text("revoked_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "confidant",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("company_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_confidant_account_id_account"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_confidant_company_id_company"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confidant")),
        sa.UniqueConstraint("company_id", "address", name=op.f("uq_confidant_company_id_address")),
    )
    op.create_index(op.f("ix_confidant_account_id"), "confidant", ["account_id"], unique=False)
    op.create_table(
        "relation_grant",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("confidant_id", sa.String(length=32), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["confidant_id"],
            ["confidant.id"],
            name=op.f("fk_relation_grant_confidant_id_confidant"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relation_grant")),
    )
    op.create_index(
        "ix_relation_grant_one_at_a_time",
        "relation_grant",
        ["confidant_id"],
        unique=True,
        sqlite_where=NOT_REVOKED,
        postgresql_where=NOT_REVOKED,
    )
    op.create_table(
        "mirror_grant",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("confidant_id", sa.String(length=32), nullable=False),
        sa.Column("round_id", sa.String(length=32), nullable=False),
        sa.Column("scope", sa.String(length=6), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("scope IN ('cover', 'mirror', 'words')", name=op.f("ck_mirror_grant_known_scope")),
        sa.ForeignKeyConstraint(
            ["confidant_id"], ["confidant.id"], name=op.f("fk_mirror_grant_confidant_id_confidant"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_mirror_grant_round_id_round"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mirror_grant")),
    )
    op.create_index(op.f("ix_mirror_grant_round_id"), "mirror_grant", ["round_id"], unique=False)
    op.create_index(
        "ix_mirror_grant_one_at_a_time",
        "mirror_grant",
        ["confidant_id", "round_id"],
        unique=True,
        sqlite_where=NOT_REVOKED,
        postgresql_where=NOT_REVOKED,
    )
    op.create_table(
        "mirror_view",
        sa.Column("round_id", sa.String(length=32), nullable=False),
        sa.Column("confidant_id", sa.String(length=32), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(
            ["confidant_id"], ["confidant.id"], name=op.f("fk_mirror_view_confidant_id_confidant"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_mirror_view_round_id_round"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("round_id", "confidant_id", "seen_on", "what", name=op.f("pk_mirror_view")),
    )


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
