"""a filing that stands up: drafts, evidence, requests, surveys, voices, recovery

A filing may now be about a merchant that is not listed, and about things that are not weighed.
"""

from __future__ import annotations

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


# Tables that only grow, as the models of that day had them.
TRIGGERS = {'postgresql': ['CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS\n'
                "$$ BEGIN RAISE EXCEPTION 'this table only grows: no row of it can be changed or removed'\n"
                "USING ERRCODE = 'restrict_violation'; END $$",
                'CREATE OR REPLACE TRIGGER evidence_view_no_update BEFORE UPDATE ON "evidence_view" FOR EACH '
                'ROW  EXECUTE FUNCTION refuse_change()',
                'CREATE OR REPLACE TRIGGER evidence_view_no_delete BEFORE DELETE ON "evidence_view" FOR EACH '
                'ROW EXECUTE FUNCTION refuse_change()',
                'CREATE OR REPLACE TRIGGER evidence_view_no_truncate BEFORE TRUNCATE ON "evidence_view" FOR '
                'EACH STATEMENT EXECUTE FUNCTION refuse_change()',
                'CREATE OR REPLACE TRIGGER recovery_no_update BEFORE UPDATE ON "recovery" FOR EACH ROW  '
                'EXECUTE FUNCTION refuse_change()',
                'CREATE OR REPLACE TRIGGER recovery_no_delete BEFORE DELETE ON "recovery" FOR EACH ROW '
                'EXECUTE FUNCTION refuse_change()',
                'CREATE OR REPLACE TRIGGER recovery_no_truncate BEFORE TRUNCATE ON "recovery" FOR EACH '
                'STATEMENT EXECUTE FUNCTION refuse_change()'],
 'sqlite': ['CREATE TRIGGER IF NOT EXISTS evidence_view_no_update BEFORE UPDATE ON "evidence_view"  BEGIN '
            "SELECT RAISE(ABORT, 'evidence_view only grows: no row of it can be changed or removed'); END",
            'CREATE TRIGGER IF NOT EXISTS evidence_view_no_delete BEFORE DELETE ON "evidence_view" BEGIN '
            "SELECT RAISE(ABORT, 'evidence_view only grows: no row of it can be changed or removed'); END",
            'CREATE TRIGGER IF NOT EXISTS recovery_no_update BEFORE UPDATE ON "recovery"  BEGIN SELECT '
            "RAISE(ABORT, 'recovery only grows: no row of it can be changed or removed'); END",
            'CREATE TRIGGER IF NOT EXISTS recovery_no_delete BEFORE DELETE ON "recovery" BEGIN SELECT '
            "RAISE(ABORT, 'recovery only grows: no row of it can be changed or removed'); END"]}

NAMES = """
UPDATE filing SET respondent_name = (
    SELECT substr(merchant.name, 1, 120) FROM merchant WHERE merchant.id = filing.merchant_id
)
"""


def upgrade() -> None:
    op.create_table('filing_draft',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=14), nullable=False),
    sa.Column('receipt_hash', sa.String(length=64), nullable=False),
    sa.Column('submission_id', sa.LargeBinary(), nullable=False),
    sa.Column('answers', sa.LargeBinary(), nullable=False),
    sa.Column('channel', sa.String(length=40), nullable=False),
    sa.Column('typed_by_id', sa.Integer(), nullable=True),
    sa.Column('sent_to', sa.String(length=14), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['typed_by_id'], ['user.id'], name=op.f('fk_filing_draft_typed_by_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_filing_draft')),
    sa.UniqueConstraint('number', name=op.f('uq_filing_draft_number')),
    sa.UniqueConstraint('receipt_hash', name=op.f('uq_filing_draft_receipt_hash'))
    )
    with op.batch_alter_table('filing_draft', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_filing_draft_changed_at'), ['changed_at'], unique=False)

    op.create_table('evidence_file',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=14), nullable=False),
    sa.Column('draft_id', sa.Integer(), nullable=True),
    sa.Column('filing_id', sa.Integer(), nullable=True),
    sa.Column('slot', sa.String(length=40), nullable=False),
    sa.Column('name', sa.LargeBinary(), nullable=False),
    sa.Column('media_type', sa.String(length=40), nullable=False),
    sa.Column('size_bytes', sa.BigInteger(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('sealed_key', sa.String(length=80), nullable=False),
    sa.Column('clean_key', sa.String(length=80), nullable=False),
    sa.Column('thumbnail_key', sa.String(length=80), nullable=False),
    sa.Column('width_px', sa.Integer(), nullable=False),
    sa.Column('height_px', sa.Integer(), nullable=False),
    sa.Column('added_by', sa.String(length=40), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('masks', sa.JSON(), nullable=True),
    sa.Column('masked_key', sa.String(length=80), nullable=True),
    sa.Column('masked_thumbnail_key', sa.String(length=80), nullable=True),
    sa.Column('masked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('masked_by_id', sa.Integer(), nullable=True),
    sa.Column('released_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('released_by_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('(draft_id IS NULL) <> (filing_id IS NULL)', name=op.f('ck_evidence_file_on_a_draft_or_a_filing')),
    sa.ForeignKeyConstraint(['draft_id'], ['filing_draft.id'], name=op.f('fk_evidence_file_draft_id_filing_draft')),
    sa.ForeignKeyConstraint(['filing_id'], ['filing.id'], name=op.f('fk_evidence_file_filing_id_filing')),
    sa.ForeignKeyConstraint(['masked_by_id'], ['user.id'], name=op.f('fk_evidence_file_masked_by_id_user')),
    sa.ForeignKeyConstraint(['released_by_id'], ['user.id'], name=op.f('fk_evidence_file_released_by_id_user')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_evidence_file_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_evidence_file')),
    sa.UniqueConstraint('number', name=op.f('uq_evidence_file_number'))
    )
    with op.batch_alter_table('evidence_file', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_evidence_file_draft_id'), ['draft_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_evidence_file_filing_id'), ['filing_id'], unique=False)

    op.create_table('recovery',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('filing_id', sa.Integer(), nullable=False),
    sa.Column('way', sa.String(length=40), nullable=False),
    sa.Column('is_granted', sa.Boolean(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('reason', sa.LargeBinary(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['filing_id'], ['filing.id'], name=op.f('fk_recovery_filing_id_filing')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_recovery_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recovery'))
    )
    with op.batch_alter_table('recovery', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_recovery_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_recovery_filing_id'), ['filing_id'], unique=False)

    op.create_table('evidence_view',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('evidence_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('is_original', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['evidence_id'], ['evidence_file.id'], name=op.f('fk_evidence_view_evidence_id_evidence_file')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_evidence_view_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_evidence_view'))
    )
    with op.batch_alter_table('evidence_view', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_evidence_view_evidence_id'), ['evidence_id'], unique=False)

    op.create_table('survey',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('closed_on', sa.Date(), nullable=False),
    sa.Column('is_satisfied', sa.Boolean(), nullable=False),
    sa.Column('reasons', sa.JSON(), nullable=False),
    sa.Column('words', sa.LargeBinary(), nullable=True),
    sa.Column('wants_reopening', sa.Boolean(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answer', sa.LargeBinary(), nullable=True),
    sa.Column('answered_by_id', sa.Integer(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['answered_by_id'], ['user.id'], name=op.f('fk_survey_answered_by_id_user')),
    sa.ForeignKeyConstraint(['case_id'], ['complaint_case.id'], name=op.f('fk_survey_case_id_complaint_case')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_survey')),
    sa.UniqueConstraint('case_id', 'closed_on', name=op.f('uq_survey_case_id_closed_on'))
    )
    with op.batch_alter_table('survey', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_survey_case_id'), ['case_id'], unique=False)

    op.create_table('voice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('receipt_hash', sa.String(length=64), nullable=False),
    sa.Column('bought_on', sa.Date(), nullable=True),
    sa.Column('words', sa.LargeBinary(), nullable=True),
    sa.Column('joined_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['complaint_case.id'], name=op.f('fk_voice_case_id_complaint_case')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_voice')),
    sa.UniqueConstraint('receipt_hash', name=op.f('uq_voice_receipt_hash'))
    )
    with op.batch_alter_table('voice', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_voice_case_id'), ['case_id'], unique=False)

    op.create_table('party_request',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('question', sa.LargeBinary(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lapsed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['complaint_case.id'], name=op.f('fk_party_request_case_id_complaint_case')),
    sa.ForeignKeyConstraint(['event_id'], ['case_event.id'], name=op.f('fk_party_request_event_id_case_event')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_party_request')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_party_request_token_hash'))
    )
    with op.batch_alter_table('party_request', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_party_request_case_id'), ['case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_party_request_due_on'), ['due_on'], unique=False)

    op.create_table('official_number',
    sa.Column('number', sa.String(length=60), nullable=False),
    sa.Column('filing_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['filing_id'], ['filing.id'], name=op.f('fk_official_number_filing_id_filing')),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_official_number'))
    )
    with op.batch_alter_table('official_number', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_official_number_filing_id'), ['filing_id'], unique=False)

    with op.batch_alter_table('case_event', schema=None) as batch_op:
        batch_op.add_column(sa.Column('evidence_sha256', sa.JSON(), nullable=True))

    with op.batch_alter_table('complaint_case', schema=None) as batch_op:
        batch_op.add_column(sa.Column('wants_reopening', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.alter_column('merchant_id',
               existing_type=sa.INTEGER(),
               nullable=True)
        batch_op.create_index(batch_op.f('ix_complaint_case_wants_reopening'), ['wants_reopening'], unique=False)

    with op.batch_alter_table('filing', schema=None) as batch_op:
        batch_op.add_column(sa.Column('respondent_name', sa.String(length=120), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('respondent_place', sa.String(length=200), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('device', sa.String(length=60), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('channel', sa.String(length=40), nullable=False, server_default='online'))
        batch_op.add_column(sa.Column('typed_by_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('language', sa.String(length=20), nullable=False, server_default='zh_Hans_CN'))
        batch_op.add_column(sa.Column('kind', sa.String(length=40), nullable=False, server_default='retail_weighing'))
        batch_op.add_column(sa.Column('bought_time', sa.String(length=5), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('purchase', sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column('amount_paid_fen', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('pledge_clause', sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column('bought_for', sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column('handled', sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column('known_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('has_power_of_attorney', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('email', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('id_number_hash', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('id_number_last_four', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('phone_hash', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('address_hash', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('proxy', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('representatives', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('joint_count', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('notice_edition', sa.String(length=20), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('evidence_sha256', sa.JSON(), nullable=False, server_default='[]'))
        batch_op.add_column(sa.Column('recovery_hash', sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column('feed_hash', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('forgotten_on', sa.Date(), nullable=True))
        batch_op.alter_column('merchant_id',
               existing_type=sa.INTEGER(),
               nullable=True)
        batch_op.alter_column('unit_price_fen_per_kg',
               existing_type=sa.INTEGER(),
               nullable=True)
        batch_op.alter_column('settled_mg',
               existing_type=sa.INTEGER(),
               nullable=True)
        batch_op.create_index(batch_op.f('ix_filing_id_number_hash'), ['id_number_hash'], unique=False)
        batch_op.create_index(batch_op.f('ix_filing_phone_hash'), ['phone_hash'], unique=False)
        batch_op.create_index(batch_op.f('ix_filing_address_hash'), ['address_hash'], unique=False)
        batch_op.create_unique_constraint(batch_op.f('uq_filing_feed_hash'), ['feed_hash'])
        batch_op.create_foreign_key(batch_op.f('fk_filing_typed_by_id_user'), 'user', ['typed_by_id'], ['id'])

    op.execute(NAMES)
    _claim_numbers()
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)


def _claim_numbers() -> None:
    """Give each official number to the filing that had it first."""
    numbers = sa.table('official_number', sa.column('number', sa.String), sa.column('filing_id', sa.Integer))
    held = op.get_bind().execute(sa.text(
        'SELECT official_number, filing_id FROM complaint_case WHERE official_number IS NOT NULL ORDER BY id'
    ))
    first: dict[str, int] = {}
    for number, filing_id in held:
        first.setdefault(''.join(unicodedata.normalize('NFKC', number).upper().split())[:60], filing_id)
    if first:
        op.bulk_insert(numbers, [{'number': number, 'filing_id': filing} for number, filing in first.items()])


def downgrade() -> None:
    with op.batch_alter_table('filing', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_filing_typed_by_id_user'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('uq_filing_feed_hash'), type_='unique')
        batch_op.drop_index(batch_op.f('ix_filing_address_hash'))
        batch_op.drop_index(batch_op.f('ix_filing_phone_hash'))
        batch_op.drop_index(batch_op.f('ix_filing_id_number_hash'))
        batch_op.alter_column('settled_mg',
               existing_type=sa.INTEGER(),
               nullable=False)
        batch_op.alter_column('unit_price_fen_per_kg',
               existing_type=sa.INTEGER(),
               nullable=False)
        batch_op.alter_column('merchant_id',
               existing_type=sa.INTEGER(),
               nullable=False)
        batch_op.drop_column('forgotten_on')
        batch_op.drop_column('feed_hash')
        batch_op.drop_column('recovery_hash')
        batch_op.drop_column('evidence_sha256')
        batch_op.drop_column('notice_edition')
        batch_op.drop_column('joint_count')
        batch_op.drop_column('representatives')
        batch_op.drop_column('proxy')
        batch_op.drop_column('address_hash')
        batch_op.drop_column('phone_hash')
        batch_op.drop_column('id_number_last_four')
        batch_op.drop_column('id_number_hash')
        batch_op.drop_column('email')
        batch_op.drop_column('has_power_of_attorney')
        batch_op.drop_column('known_on')
        batch_op.drop_column('handled')
        batch_op.drop_column('bought_for')
        batch_op.drop_column('pledge_clause')
        batch_op.drop_column('amount_paid_fen')
        batch_op.drop_column('purchase')
        batch_op.drop_column('bought_time')
        batch_op.drop_column('kind')
        batch_op.drop_column('language')
        batch_op.drop_column('typed_by_id')
        batch_op.drop_column('channel')
        batch_op.drop_column('device')
        batch_op.drop_column('respondent_place')
        batch_op.drop_column('respondent_name')

    with op.batch_alter_table('complaint_case', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_complaint_case_wants_reopening'))
        batch_op.alter_column('merchant_id',
               existing_type=sa.INTEGER(),
               nullable=False)
        batch_op.drop_column('wants_reopening')

    with op.batch_alter_table('case_event', schema=None) as batch_op:
        batch_op.drop_column('evidence_sha256')

    with op.batch_alter_table('official_number', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_official_number_filing_id'))

    op.drop_table('official_number')
    with op.batch_alter_table('party_request', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_party_request_due_on'))
        batch_op.drop_index(batch_op.f('ix_party_request_case_id'))

    op.drop_table('party_request')
    with op.batch_alter_table('voice', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_voice_case_id'))

    op.drop_table('voice')
    with op.batch_alter_table('survey', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_survey_case_id'))

    op.drop_table('survey')
    with op.batch_alter_table('evidence_view', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_evidence_view_evidence_id'))

    op.drop_table('evidence_view')
    with op.batch_alter_table('recovery', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_recovery_filing_id'))
        batch_op.drop_index(batch_op.f('ix_recovery_at'))

    op.drop_table('recovery')
    with op.batch_alter_table('evidence_file', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_evidence_file_filing_id'))
        batch_op.drop_index(batch_op.f('ix_evidence_file_draft_id'))

    op.drop_table('evidence_file')
    with op.batch_alter_table('filing_draft', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_filing_draft_changed_at'))

    op.drop_table('filing_draft')
