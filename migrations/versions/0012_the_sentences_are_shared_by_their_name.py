"""the sentences are shared by their name"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KNOWN_SCOPE = "ck_mirror_grant_known_scope"


def upgrade() -> None:
    # What was shared as "the cover" showed the three sentences behind it all along; from now on it is called so.
    with op.batch_alter_table("mirror_grant") as grants:
        grants.drop_constraint(op.f(KNOWN_SCOPE), type_="check")
        grants.alter_column(
            "scope", existing_type=sa.String(length=6), type_=sa.String(length=9), existing_nullable=False
        )
    op.execute("UPDATE mirror_grant SET scope = 'sentences' WHERE scope = 'cover'")
    op.execute("UPDATE mirror_view SET what = 'sentences' WHERE what = 'cover'")
    with op.batch_alter_table("mirror_grant") as grants:
        grants.create_check_constraint(op.f(KNOWN_SCOPE), "scope IN ('sentences', 'mirror', 'words')")


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
