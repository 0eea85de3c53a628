"""the rhythm of a company"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "address_book",
        sa.Column("company_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("cards", sa.Integer(), nullable=False),
        sa.Column("counted_since", sa.Date(), nullable=True),
        sa.Column("moved_least", sa.Integer(), nullable=False),
        sa.Column("moved_most", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "moved_least >= 0 AND moved_most >= moved_least", name=op.f("ck_address_book_from_least_to_most")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_address_book_account_id_account"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_address_book_company_id_company"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", "account_id", name=op.f("pk_address_book")),
    )
    op.create_table(
        "rhythm",
        sa.Column("company_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("every", sa.String(length=9), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("moved_to", sa.Date(), nullable=True),
        sa.Column("switched_on_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("quiet_until", sa.Date(), nullable=True),
        sa.Column("held", sa.String(length=20), nullable=True),
        sa.CheckConstraint("every IN ('month', 'quarter', 'half_year', 'year')", name=op.f("ck_rhythm_known_rhythm")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_rhythm_account_id_account"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_rhythm_company_id_company"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", "kind", name=op.f("pk_rhythm")),
    )
    with op.batch_alter_table("rhythm", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rhythm_account_id"), ["account_id"], unique=False)

    op.create_table(
        "address_book_entry",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("company_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("perspective", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "account_id"],
            ["address_book.company_id", "address_book.account_id"],
            name="fk_address_book_entry_book",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_book_entry")),
        sa.UniqueConstraint(
            "company_id", "account_id", "address", name=op.f("uq_address_book_entry_company_id_account_id_address")
        ),
    )
    op.add_column("round", sa.Column("turn", sa.Date(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
