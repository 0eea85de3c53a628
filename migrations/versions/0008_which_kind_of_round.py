"""which kind of round"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Every round of before was a full mirror; from here the program says it for every new one. In one statement: SQLite
    # takes a CHECK only with its column, and making the table anew would lose the checks that it has.
    op.execute(
        "ALTER TABLE \"round\" ADD COLUMN kind VARCHAR(20) DEFAULT 'mirror' NOT NULL "
        "CONSTRAINT ck_round_known_kind CHECK (kind IN ('mirror', 'thermometer', 'one_question', 'circle'))"
    )


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
