"""first schema"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


# Tables that only grow, as the models of that day had them.
TRIGGERS = {'postgresql': ['CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS\n'
                "$$ BEGIN RAISE EXCEPTION 'this table only grows: no row of it can be changed or removed'\n"
                "USING ERRCODE = 'restrict_violation'; END $$",
                'CREATE OR REPLACE TRIGGER record_version_no_update BEFORE UPDATE ON "record_version" FOR '
                'EACH ROW WHEN (NOT (NEW."id" IS NOT DISTINCT FROM OLD."id" AND NEW."record_id" IS NOT '
                'DISTINCT FROM OLD."record_id" AND NEW."version" IS NOT DISTINCT FROM OLD."version" AND '
                '(NEW."content" IS NOT DISTINCT FROM OLD."content" OR NEW."content" IS NULL) AND '
                '(NEW."salt" IS NOT DISTINCT FROM OLD."salt" OR NEW."salt" IS NULL) AND NEW."content_hash" '
                'IS NOT DISTINCT FROM OLD."content_hash" AND NEW."published_at" IS NOT DISTINCT FROM '
                'OLD."published_at" AND NEW."leaf_index" IS NOT DISTINCT FROM OLD."leaf_index")) EXECUTE '
                'FUNCTION refuse_change()',
                'CREATE OR REPLACE TRIGGER record_version_no_delete BEFORE DELETE ON "record_version" FOR '
                'EACH ROW EXECUTE FUNCTION refuse_change()',
                'CREATE OR REPLACE TRIGGER record_version_no_truncate BEFORE TRUNCATE ON "record_version" '
                'FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
                'CREATE OR REPLACE TRIGGER log_leaf_no_update BEFORE UPDATE ON "log_leaf" FOR EACH ROW  '
                'EXECUTE FUNCTION refuse_change()',
                'CREATE OR REPLACE TRIGGER log_leaf_no_delete BEFORE DELETE ON "log_leaf" FOR EACH ROW '
                'EXECUTE FUNCTION refuse_change()',
                'CREATE OR REPLACE TRIGGER log_leaf_no_truncate BEFORE TRUNCATE ON "log_leaf" FOR EACH '
                'STATEMENT EXECUTE FUNCTION refuse_change()',
                'CREATE OR REPLACE TRIGGER log_node_no_update BEFORE UPDATE ON "log_node" FOR EACH ROW  '
                'EXECUTE FUNCTION refuse_change()',
                'CREATE OR REPLACE TRIGGER log_node_no_delete BEFORE DELETE ON "log_node" FOR EACH ROW '
                'EXECUTE FUNCTION refuse_change()',
                'CREATE OR REPLACE TRIGGER log_node_no_truncate BEFORE TRUNCATE ON "log_node" FOR EACH '
                'STATEMENT EXECUTE FUNCTION refuse_change()',
                'CREATE OR REPLACE TRIGGER log_checkpoint_no_update BEFORE UPDATE ON "log_checkpoint" FOR '
                'EACH ROW  EXECUTE FUNCTION refuse_change()',
                'CREATE OR REPLACE TRIGGER log_checkpoint_no_delete BEFORE DELETE ON "log_checkpoint" FOR '
                'EACH ROW EXECUTE FUNCTION refuse_change()',
                'CREATE OR REPLACE TRIGGER log_checkpoint_no_truncate BEFORE TRUNCATE ON "log_checkpoint" '
                'FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
                'CREATE OR REPLACE TRIGGER ledger_account_no_update BEFORE UPDATE ON "ledger_account" FOR '
                'EACH ROW  EXECUTE FUNCTION refuse_change()',
                'CREATE OR REPLACE TRIGGER ledger_account_no_delete BEFORE DELETE ON "ledger_account" FOR '
                'EACH ROW EXECUTE FUNCTION refuse_change()',
                'CREATE OR REPLACE TRIGGER ledger_account_no_truncate BEFORE TRUNCATE ON "ledger_account" '
                'FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
                'CREATE OR REPLACE TRIGGER ledger_transfer_no_update BEFORE UPDATE ON "ledger_transfer" '
                'FOR EACH ROW  EXECUTE FUNCTION refuse_change()',
                'CREATE OR REPLACE TRIGGER ledger_transfer_no_delete BEFORE DELETE ON "ledger_transfer" '
                'FOR EACH ROW EXECUTE FUNCTION refuse_change()',
                'CREATE OR REPLACE TRIGGER ledger_transfer_no_truncate BEFORE TRUNCATE ON '
                '"ledger_transfer" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
                'CREATE OR REPLACE TRIGGER ledger_posting_no_update BEFORE UPDATE ON "ledger_posting" FOR '
                'EACH ROW  EXECUTE FUNCTION refuse_change()',
                'CREATE OR REPLACE TRIGGER ledger_posting_no_delete BEFORE DELETE ON "ledger_posting" FOR '
                'EACH ROW EXECUTE FUNCTION refuse_change()',
                'CREATE OR REPLACE TRIGGER ledger_posting_no_truncate BEFORE TRUNCATE ON "ledger_posting" '
                'FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()'],
 'sqlite': ['CREATE TRIGGER IF NOT EXISTS record_version_no_update BEFORE UPDATE ON "record_version" WHEN '
            '(NOT (NEW."id" IS OLD."id" AND NEW."record_id" IS OLD."record_id" AND NEW."version" IS '
            'OLD."version" AND (NEW."content" IS OLD."content" OR NEW."content" IS NULL) AND (NEW."salt" '
            'IS OLD."salt" OR NEW."salt" IS NULL) AND NEW."content_hash" IS OLD."content_hash" AND '
            'NEW."published_at" IS OLD."published_at" AND NEW."leaf_index" IS OLD."leaf_index")) BEGIN '
            "SELECT RAISE(ABORT, 'record_version only grows: no row of it can be changed or removed'); END",
            'CREATE TRIGGER IF NOT EXISTS record_version_no_delete BEFORE DELETE ON "record_version" BEGIN '
            "SELECT RAISE(ABORT, 'record_version only grows: no row of it can be changed or removed'); END",
            'CREATE TRIGGER IF NOT EXISTS log_leaf_no_update BEFORE UPDATE ON "log_leaf"  BEGIN SELECT '
            "RAISE(ABORT, 'log_leaf only grows: no row of it can be changed or removed'); END",
            'CREATE TRIGGER IF NOT EXISTS log_leaf_no_delete BEFORE DELETE ON "log_leaf" BEGIN SELECT '
            "RAISE(ABORT, 'log_leaf only grows: no row of it can be changed or removed'); END",
            'CREATE TRIGGER IF NOT EXISTS log_node_no_update BEFORE UPDATE ON "log_node"  BEGIN SELECT '
            "RAISE(ABORT, 'log_node only grows: no row of it can be changed or removed'); END",
            'CREATE TRIGGER IF NOT EXISTS log_node_no_delete BEFORE DELETE ON "log_node" BEGIN SELECT '
            "RAISE(ABORT, 'log_node only grows: no row of it can be changed or removed'); END",
            'CREATE TRIGGER IF NOT EXISTS log_checkpoint_no_update BEFORE UPDATE ON "log_checkpoint"  '
            "BEGIN SELECT RAISE(ABORT, 'log_checkpoint only grows: no row of it can be changed or "
            "removed'); END",
            'CREATE TRIGGER IF NOT EXISTS log_checkpoint_no_delete BEFORE DELETE ON "log_checkpoint" BEGIN '
            "SELECT RAISE(ABORT, 'log_checkpoint only grows: no row of it can be changed or removed'); END",
            'CREATE TRIGGER IF NOT EXISTS ledger_account_no_update BEFORE UPDATE ON "ledger_account"  '
            "BEGIN SELECT RAISE(ABORT, 'ledger_account only grows: no row of it can be changed or "
            "removed'); END",
            'CREATE TRIGGER IF NOT EXISTS ledger_account_no_delete BEFORE DELETE ON "ledger_account" BEGIN '
            "SELECT RAISE(ABORT, 'ledger_account only grows: no row of it can be changed or removed'); END",
            'CREATE TRIGGER IF NOT EXISTS ledger_transfer_no_update BEFORE UPDATE ON "ledger_transfer"  '
            "BEGIN SELECT RAISE(ABORT, 'ledger_transfer only grows: no row of it can be changed or "
            "removed'); END",
            'CREATE TRIGGER IF NOT EXISTS ledger_transfer_no_delete BEFORE DELETE ON "ledger_transfer" '
            "BEGIN SELECT RAISE(ABORT, 'ledger_transfer only grows: no row of it can be changed or "
            "removed'); END",
            'CREATE TRIGGER IF NOT EXISTS ledger_posting_no_update BEFORE UPDATE ON "ledger_posting"  '
            "BEGIN SELECT RAISE(ABORT, 'ledger_posting only grows: no row of it can be changed or "
            "removed'); END",
            'CREATE TRIGGER IF NOT EXISTS ledger_posting_no_delete BEFORE DELETE ON "ledger_posting" BEGIN '
            "SELECT RAISE(ABORT, 'ledger_posting only grows: no row of it can be changed or removed'); "
            'END']}


def upgrade() -> None:
    # ### commands auto generated by Alembic - please adjust! ###
    op.create_table('job',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('payload', sa.JSON(), nullable=False),
    sa.Column('run_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('leased_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('error', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job'))
    )
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_job_run_at'), ['run_at'], unique=False)

    op.create_table('ledger_account',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('may_go_negative', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_account')),
    sa.UniqueConstraint('code', name=op.f('uq_ledger_account_code'))
    )
    op.create_table('ledger_transfer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('claim_number', sa.String(length=12), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_transfer')),
    sa.UniqueConstraint('key', name=op.f('uq_ledger_transfer_key'))
    )
    with op.batch_alter_table('ledger_transfer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ledger_transfer_claim_number'), ['claim_number'], unique=False)

    op.create_table('log_checkpoint',
    sa.Column('size', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('origin', sa.String(length=200), nullable=False),
    sa.Column('root', sa.String(length=64), nullable=False),
    sa.Column('signature', sa.String(length=140), nullable=False),
    sa.Column('signed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('size', name=op.f('pk_log_checkpoint'))
    )
    op.create_table('log_head',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_log_head'))
    )
    op.create_table('log_node',
    sa.Column('level', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('position', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('level', 'position', name=op.f('pk_log_node'))
    )
    op.create_table('market',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=11), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('address', sa.String(length=300), nullable=False),
    sa.Column('region_code', sa.String(length=6), nullable=False),
    sa.Column('organiser', sa.String(length=200), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_market')),
    sa.UniqueConstraint('number', name=op.f('uq_market_number'))
    )
    with op.batch_alter_table('market', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_market_region_code'), ['region_code'], unique=False)

    op.create_table('office',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('region_code', sa.String(length=12), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['parent_id'], ['office.id'], name=op.f('fk_office_parent_id_office')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_office')),
    sa.UniqueConstraint('region_code', name=op.f('uq_office_region_code'))
    )
    op.create_table('public_record',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=11), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('merchant_number', sa.String(length=11), nullable=True),
    sa.Column('merchant_name', sa.String(length=200), nullable=False),
    sa.Column('region_code', sa.String(length=6), nullable=False),
    sa.Column('sector', sa.String(length=40), nullable=False),
    sa.Column('occurred_on', sa.Date(), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('visible_until', sa.Date(), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawal_reason', sa.String(length=300), nullable=True),
    sa.Column('current_version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_public_record')),
    sa.UniqueConstraint('number', name=op.f('uq_public_record_number'))
    )
    with op.batch_alter_table('public_record', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_public_record_kind'), ['kind'], unique=False)
        batch_op.create_index(batch_op.f('ix_public_record_merchant_number'), ['merchant_number'], unique=False)
        batch_op.create_index(batch_op.f('ix_public_record_occurred_on'), ['occurred_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_public_record_published_at'), ['published_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_public_record_region_code'), ['region_code'], unique=False)
        batch_op.create_index(batch_op.f('ix_public_record_sector'), ['sector'], unique=False)
        batch_op.create_index(batch_op.f('ix_public_record_visible_until'), ['visible_until'], unique=False)

    op.create_table('search_counter',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('last_sequence', sa.BigInteger(), nullable=False),
    sa.Column('identity', sa.String(length=32), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_search_counter'))
    )
    op.create_table('search_document',
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('facets', sa.JSON(), nullable=False),
    sa.Column('visible_until', sa.Date(), nullable=True),
    sa.Column('is_removed', sa.Boolean(), nullable=False),
    sa.Column('sequence', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('kind', 'key', name=op.f('pk_search_document')),
    sa.UniqueConstraint('sequence', name=op.f('uq_search_document_sequence'))
    )
    op.create_table('submission',
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('body_hash', sa.String(length=64), nullable=False),
    sa.Column('answer', sa.String(length=400), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_submission'))
    )
    with op.batch_alter_table('submission', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_submission_created_at'), ['created_at'], unique=False)

    op.create_table('sweep',
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('ran_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_sweep'))
    )
    op.create_table('user',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('login', sa.String(length=255), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('email', sa.String(length=255), nullable=True),
    sa.Column('password', sa.String(length=255), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('fs_uniquifier', sa.String(length=64), nullable=False),
    sa.Column('totp_secret', sa.Text(), nullable=True),
    sa.Column('totp_counter', sa.Integer(), nullable=True),
    sa.Column('second_factor_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('recovery_hashes', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_user')),
    sa.UniqueConstraint('fs_uniquifier', name=op.f('uq_user_fs_uniquifier')),
    sa.UniqueConstraint('login', name=op.f('uq_user_login'))
    )
    op.create_table('ledger_posting',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('transfer_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('amount_fen <> 0', name=op.f('ck_ledger_posting_amount_not_zero')),
    sa.ForeignKeyConstraint(['account_id'], ['ledger_account.id'], name=op.f('fk_ledger_posting_account_id_ledger_account')),
    sa.ForeignKeyConstraint(['transfer_id'], ['ledger_transfer.id'], name=op.f('fk_ledger_posting_transfer_id_ledger_transfer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_posting')),
    sa.UniqueConstraint('transfer_id', 'account_id', name=op.f('uq_ledger_posting_transfer_id_account_id'))
    )
    with op.batch_alter_table('ledger_posting', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ledger_posting_account_id'), ['account_id'], unique=False)

    op.create_table('membership',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(length=40), nullable=False),
    sa.Column('subject_kind', sa.String(length=40), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_because', sa.String(length=200), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_membership_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_membership'))
    )
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.create_index('ix_membership_subject', ['subject_kind', 'subject_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_membership_user_id'), ['user_id'], unique=False)
        batch_op.create_index('uq_membership_held', ['user_id', 'role', 'subject_id'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    op.create_table('merchant',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=11), nullable=False),
    sa.Column('uscc', sa.String(length=18), nullable=True),
    sa.Column('local_id', sa.String(length=60), nullable=True),
    sa.Column('place_key', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('trade_name', sa.String(length=200), nullable=True),
    sa.Column('address', sa.String(length=300), nullable=False),
    sa.Column('region_code', sa.String(length=6), nullable=False),
    sa.Column('sector', sa.String(length=40), nullable=False),
    sa.Column('category', sa.String(length=60), nullable=False),
    sa.Column('scope', sa.Text(), nullable=False),
    sa.Column('legal_form', sa.String(length=60), nullable=True),
    sa.Column('registered_on', sa.Date(), nullable=True),
    sa.Column('market_id', sa.Integer(), nullable=True),
    sa.Column('stall_no', sa.String(length=40), nullable=True),
    sa.Column('contact_phone', sa.String(length=40), nullable=True),
    sa.Column('credit_status', sa.String(length=40), nullable=False),
    sa.Column('credit_reasons', sa.JSON(), nullable=False),
    sa.Column('standing_on', sa.Date(), nullable=True),
    sa.Column('last_verified_on', sa.Date(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['market_id'], ['market.id'], name=op.f('fk_merchant_market_id_market')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_merchant')),
    sa.UniqueConstraint('number', name=op.f('uq_merchant_number')),
    sa.UniqueConstraint('uscc', name=op.f('uq_merchant_uscc'))
    )
    with op.batch_alter_table('merchant', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_merchant_credit_status'), ['credit_status'], unique=False)
        batch_op.create_index(batch_op.f('ix_merchant_market_id'), ['market_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_merchant_place_key'), ['place_key'], unique=False)
        batch_op.create_index(batch_op.f('ix_merchant_region_code'), ['region_code'], unique=False)
        batch_op.create_index(batch_op.f('ix_merchant_sector'), ['sector'], unique=False)
        batch_op.create_index(batch_op.f('ix_merchant_standing_on'), ['standing_on'], unique=False)

    op.create_table('one_time_link',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('purpose', sa.String(length=40), nullable=False),
    sa.Column('email', sa.String(length=255), nullable=True),
    sa.Column('role', sa.String(length=40), nullable=True),
    sa.Column('subject_id', sa.Integer(), nullable=True),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_one_time_link_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_one_time_link')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_one_time_link_token_hash'))
    )
    op.create_table('record_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('record_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('content', sa.Text(), nullable=True),
    sa.Column('salt', sa.String(length=64), nullable=True),
    sa.Column('content_hash', sa.String(length=64), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('leaf_index', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['record_id'], ['public_record.id'], name=op.f('fk_record_version_record_id_public_record')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_record_version')),
    sa.UniqueConstraint('leaf_index', name=op.f('uq_record_version_leaf_index')),
    sa.UniqueConstraint('record_id', 'version', name=op.f('uq_record_version_record_id_version'))
    )
    op.create_table('claim',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=12), nullable=False),
    sa.Column('case_number', sa.String(length=14), nullable=False),
    sa.Column('merchant_id', sa.Integer(), nullable=False),
    sa.Column('merchant_number', sa.String(length=11), nullable=False),
    sa.Column('snapshot', sa.JSON(), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('has_consent', sa.Boolean(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('paid_reported_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('method', sa.String(length=40), nullable=True),
    sa.Column('reference', sa.LargeBinary(), nullable=True),
    sa.Column('confirmed_on', sa.Date(), nullable=True),
    sa.Column('overdue_record_number', sa.String(length=40), nullable=True),
    sa.Column('overdue_shows_until', sa.Date(), nullable=True),
    sa.Column('record_number', sa.String(length=40), nullable=True),
    sa.CheckConstraint('amount_fen > 0', name=op.f('ck_claim_amount_above_zero')),
    sa.ForeignKeyConstraint(['merchant_id'], ['merchant.id'], name=op.f('fk_claim_merchant_id_merchant')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_claim')),
    sa.UniqueConstraint('case_number', name=op.f('uq_claim_case_number')),
    sa.UniqueConstraint('number', name=op.f('uq_claim_number'))
    )
    with op.batch_alter_table('claim', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_claim_due_on'), ['due_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_claim_merchant_id'), ['merchant_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_claim_state'), ['state'], unique=False)

    op.create_table('instrument',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=11), nullable=False),
    sa.Column('merchant_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('maker', sa.String(length=100), nullable=False),
    sa.Column('model', sa.String(length=60), nullable=False),
    sa.Column('serial', sa.String(length=60), nullable=False),
    sa.Column('serial_key', sa.String(length=60), nullable=False),
    sa.Column('accuracy_class', sa.String(length=40), nullable=True),
    sa.Column('max_mg', sa.BigInteger(), nullable=True),
    sa.Column('e_mg', sa.BigInteger(), nullable=True),
    sa.Column('location', sa.String(length=100), nullable=False),
    sa.Column('regime', sa.String(length=40), nullable=False),
    sa.Column('is_compulsory', sa.Boolean(), nullable=False),
    sa.Column('is_filed', sa.Boolean(), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('record_number', sa.String(length=11), nullable=True),
    sa.Column('registered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['merchant_id'], ['merchant.id'], name=op.f('fk_instrument_merchant_id_merchant')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_instrument')),
    sa.UniqueConstraint('merchant_id', 'serial_key', name=op.f('uq_instrument_merchant_id_serial_key')),
    sa.UniqueConstraint('number', name=op.f('uq_instrument_number'))
    )
    op.create_table('log_leaf',
    sa.Column('index', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('leaf_hash', sa.String(length=64), nullable=False),
    sa.Column('record_version_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['record_version_id'], ['record_version.id'], name=op.f('fk_log_leaf_record_version_id_record_version')),
    sa.PrimaryKeyConstraint('index', name=op.f('pk_log_leaf')),
    sa.UniqueConstraint('record_version_id', name=op.f('uq_log_leaf_record_version_id'))
    )
    op.create_table('pledge',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('merchant_id', sa.Integer(), nullable=False),
    sa.Column('latest_version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['merchant_id'], ['merchant.id'], name=op.f('fk_pledge_merchant_id_merchant')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pledge')),
    sa.UniqueConstraint('merchant_id', name=op.f('uq_pledge_merchant_id'))
    )
    op.create_table('response_month',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('merchant_id', sa.Integer(), nullable=False),
    sa.Column('month_on', sa.Date(), nullable=False),
    sa.Column('answers_due_count', sa.Integer(), nullable=False),
    sa.Column('answered_in_time_count', sa.Integer(), nullable=False),
    sa.Column('complaints_closed_count', sa.Integer(), nullable=False),
    sa.Column('settled_count', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['merchant_id'], ['merchant.id'], name=op.f('fk_response_month_merchant_id_merchant')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_response_month')),
    sa.UniqueConstraint('merchant_id', 'month_on', name=op.f('uq_response_month_merchant_id_month_on'))
    )
    op.create_table('review_request',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('merchant_id', sa.Integer(), nullable=False),
    sa.Column('region_code', sa.String(length=6), nullable=False),
    sa.Column('status', sa.String(length=40), nullable=False),
    sa.Column('wording', sa.LargeBinary(), nullable=False),
    sa.Column('asked_by_id', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answer', sa.LargeBinary(), nullable=True),
    sa.Column('answered_by_id', sa.Integer(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['answered_by_id'], ['user.id'], name=op.f('fk_review_request_answered_by_id_user')),
    sa.ForeignKeyConstraint(['asked_by_id'], ['user.id'], name=op.f('fk_review_request_asked_by_id_user')),
    sa.ForeignKeyConstraint(['merchant_id'], ['merchant.id'], name=op.f('fk_review_request_merchant_id_merchant')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review_request'))
    )
    with op.batch_alter_table('review_request', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_review_request_answered_at'), ['answered_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_review_request_merchant_id'), ['merchant_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_review_request_region_code'), ['region_code'], unique=False)
        batch_op.create_index('uq_review_request_open', ['merchant_id'], unique=True, sqlite_where=sa.text('answered_at IS NULL'), postgresql_where=sa.text('answered_at IS NULL'))

    op.create_table('pledge_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('pledge_id', sa.Integer(), nullable=False),
    sa.Column('merchant_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('terms', sa.JSON(), nullable=False),
    sa.Column('clauses', sa.JSON(), nullable=False),
    sa.Column('clauses_version', sa.String(length=20), nullable=False),
    sa.Column('signer', sa.String(length=100), nullable=False),
    sa.Column('scope', sa.String(length=300), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('valid_from_on', sa.Date(), nullable=False),
    sa.Column('valid_to_on', sa.Date(), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('record_number', sa.String(length=40), nullable=True),
    sa.Column('content_hash', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['merchant_id'], ['merchant.id'], name=op.f('fk_pledge_version_merchant_id_merchant')),
    sa.ForeignKeyConstraint(['pledge_id'], ['pledge.id'], name=op.f('fk_pledge_version_pledge_id_pledge')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pledge_version')),
    sa.UniqueConstraint('merchant_id', 'version', name=op.f('uq_pledge_version_merchant_id_version'))
    )
    with op.batch_alter_table('pledge_version', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_pledge_version_merchant_id'), ['merchant_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_pledge_version_pledge_id'), ['pledge_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_pledge_version_valid_from_on'), ['valid_from_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_pledge_version_valid_to_on'), ['valid_to_on'], unique=False)

    op.create_table('verification',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('instrument_id', sa.Integer(), nullable=False),
    sa.Column('certificate_number', sa.String(length=60), nullable=False),
    sa.Column('body', sa.String(length=100), nullable=False),
    sa.Column('result', sa.String(length=40), nullable=False),
    sa.Column('verified_on', sa.Date(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('record_number', sa.String(length=11), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['instrument_id'], ['instrument.id'], name=op.f('fk_verification_instrument_id_instrument')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_verification')),
    sa.UniqueConstraint('instrument_id', 'certificate_number', name=op.f('uq_verification_instrument_id_certificate_number'))
    )
    op.create_table('filing',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('receipt_hash', sa.String(length=64), nullable=False),
    sa.Column('merchant_id', sa.Integer(), nullable=False),
    sa.Column('region_code', sa.String(length=6), nullable=False),
    sa.Column('filed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('bought_on', sa.Date(), nullable=False),
    sa.Column('goods', sa.String(length=60), nullable=False),
    sa.Column('goods_group', sa.String(length=40), nullable=True),
    sa.Column('unit_price_fen_per_kg', sa.Integer(), nullable=False),
    sa.Column('settled_mg', sa.Integer(), nullable=False),
    sa.Column('reweighed_mg', sa.Integer(), nullable=True),
    sa.Column('check_method', sa.String(length=40), nullable=True),
    sa.Column('judgement', sa.JSON(), nullable=True),
    sa.Column('pledge_version_id', sa.Integer(), nullable=True),
    sa.Column('requests', sa.JSON(), nullable=False),
    sa.Column('narrative', sa.LargeBinary(), nullable=False),
    sa.Column('name', sa.LargeBinary(), nullable=True),
    sa.Column('phone', sa.LargeBinary(), nullable=True),
    sa.Column('address', sa.LargeBinary(), nullable=True),
    sa.Column('agrees_to_publication', sa.Boolean(), nullable=False),
    sa.Column('agrees_to_delegation', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['merchant_id'], ['merchant.id'], name=op.f('fk_filing_merchant_id_merchant')),
    sa.ForeignKeyConstraint(['pledge_version_id'], ['pledge_version.id'], name=op.f('fk_filing_pledge_version_id_pledge_version')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_filing')),
    sa.UniqueConstraint('receipt_hash', name=op.f('uq_filing_receipt_hash'))
    )
    with op.batch_alter_table('filing', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_filing_filed_at'), ['filed_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_filing_merchant_id'), ['merchant_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_filing_region_code'), ['region_code'], unique=False)

    op.create_table('complaint_case',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=14), nullable=False),
    sa.Column('filing_id', sa.Integer(), nullable=False),
    sa.Column('merchant_id', sa.Integer(), nullable=False),
    sa.Column('region_code', sa.String(length=6), nullable=False),
    sa.Column('track', sa.String(length=40), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('is_open', sa.Boolean(), nullable=False),
    sa.Column('filed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_on', sa.Date(), nullable=True),
    sa.Column('official_number', sa.String(length=60), nullable=True),
    sa.Column('received_on', sa.Date(), nullable=True),
    sa.Column('officer_id', sa.Integer(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('due_clock', sa.String(length=40), nullable=True),
    sa.Column('is_due_provisional', sa.Boolean(), nullable=False),
    sa.Column('claim_number', sa.String(length=14), nullable=True),
    sa.Column('answer_due_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['filing_id'], ['filing.id'], name=op.f('fk_complaint_case_filing_id_filing')),
    sa.ForeignKeyConstraint(['merchant_id'], ['merchant.id'], name=op.f('fk_complaint_case_merchant_id_merchant')),
    sa.ForeignKeyConstraint(['officer_id'], ['user.id'], name=op.f('fk_complaint_case_officer_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_complaint_case')),
    sa.UniqueConstraint('filing_id', 'track', name=op.f('uq_complaint_case_filing_id_track')),
    sa.UniqueConstraint('number', name=op.f('uq_complaint_case_number'))
    )
    with op.batch_alter_table('complaint_case', schema=None) as batch_op:
        batch_op.create_index('ix_case_queue', ['is_open', 'due_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_complaint_case_answer_due_on'), ['answer_due_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_complaint_case_filed_at'), ['filed_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_complaint_case_filing_id'), ['filing_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_complaint_case_merchant_id'), ['merchant_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_complaint_case_officer_id'), ['officer_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_complaint_case_region_code'), ['region_code'], unique=False)
        batch_op.create_index(batch_op.f('ix_complaint_case_state'), ['state'], unique=False)

    op.create_table('case_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('move', sa.String(length=40), nullable=False),
    sa.Column('from_state', sa.String(length=40), nullable=True),
    sa.Column('to_state', sa.String(length=40), nullable=False),
    sa.Column('actor', sa.String(length=40), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('counts_from_on', sa.Date(), nullable=True),
    sa.Column('ground', sa.String(length=60), nullable=True),
    sa.Column('amount_fen', sa.Integer(), nullable=True),
    sa.Column('reason', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['complaint_case.id'], name=op.f('fk_case_event_case_id_complaint_case')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_case_event_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_event'))
    )
    with op.batch_alter_table('case_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_case_event_case_id'), ['case_id'], unique=False)

    op.create_table('case_message',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('actor', sa.String(length=40), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('text', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['complaint_case.id'], name=op.f('fk_case_message_case_id_complaint_case')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_case_message_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_message'))
    )
    with op.batch_alter_table('case_message', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_case_message_case_id'), ['case_id'], unique=False)

    op.create_table('finding',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('verdict', sa.String(length=40), nullable=False),
    sa.Column('shortage_mg', sa.Integer(), nullable=False),
    sa.Column('settled_mg', sa.Integer(), nullable=False),
    sa.Column('reweighed_mg', sa.Integer(), nullable=False),
    sa.Column('snapshot', sa.JSON(), nullable=False),
    sa.Column('found_by_id', sa.Integer(), nullable=False),
    sa.Column('found_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('found_on', sa.Date(), nullable=False),
    sa.Column('record_number', sa.String(length=40), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['complaint_case.id'], name=op.f('fk_finding_case_id_complaint_case')),
    sa.ForeignKeyConstraint(['found_by_id'], ['user.id'], name=op.f('fk_finding_found_by_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_finding'))
    )
    with op.batch_alter_table('finding', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_finding_case_id'), ['case_id'], unique=False)

    # ### end Alembic commands ###
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(sa.DDL(statement.replace('%', '%%')))


def downgrade() -> None:
    # ### commands auto generated by Alembic - please adjust! ###
    with op.batch_alter_table('finding', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_finding_case_id'))

    op.drop_table('finding')
    with op.batch_alter_table('case_message', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_case_message_case_id'))

    op.drop_table('case_message')
    with op.batch_alter_table('case_event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_case_event_case_id'))

    op.drop_table('case_event')
    with op.batch_alter_table('complaint_case', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_complaint_case_state'))
        batch_op.drop_index(batch_op.f('ix_complaint_case_region_code'))
        batch_op.drop_index(batch_op.f('ix_complaint_case_officer_id'))
        batch_op.drop_index(batch_op.f('ix_complaint_case_merchant_id'))
        batch_op.drop_index(batch_op.f('ix_complaint_case_filing_id'))
        batch_op.drop_index(batch_op.f('ix_complaint_case_filed_at'))
        batch_op.drop_index(batch_op.f('ix_complaint_case_answer_due_on'))
        batch_op.drop_index('ix_case_queue')

    op.drop_table('complaint_case')
    with op.batch_alter_table('filing', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_filing_region_code'))
        batch_op.drop_index(batch_op.f('ix_filing_merchant_id'))
        batch_op.drop_index(batch_op.f('ix_filing_filed_at'))

    op.drop_table('filing')
    op.drop_table('verification')
    with op.batch_alter_table('pledge_version', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_pledge_version_valid_to_on'))
        batch_op.drop_index(batch_op.f('ix_pledge_version_valid_from_on'))
        batch_op.drop_index(batch_op.f('ix_pledge_version_pledge_id'))
        batch_op.drop_index(batch_op.f('ix_pledge_version_merchant_id'))

    op.drop_table('pledge_version')
    with op.batch_alter_table('review_request', schema=None) as batch_op:
        batch_op.drop_index('uq_review_request_open', sqlite_where=sa.text('answered_at IS NULL'), postgresql_where=sa.text('answered_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_review_request_region_code'))
        batch_op.drop_index(batch_op.f('ix_review_request_merchant_id'))
        batch_op.drop_index(batch_op.f('ix_review_request_answered_at'))

    op.drop_table('review_request')
    op.drop_table('response_month')
    op.drop_table('pledge')
    op.drop_table('log_leaf')
    op.drop_table('instrument')
    with op.batch_alter_table('claim', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_claim_state'))
        batch_op.drop_index(batch_op.f('ix_claim_merchant_id'))
        batch_op.drop_index(batch_op.f('ix_claim_due_on'))

    op.drop_table('claim')
    op.drop_table('record_version')
    op.drop_table('one_time_link')
    with op.batch_alter_table('merchant', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_merchant_standing_on'))
        batch_op.drop_index(batch_op.f('ix_merchant_sector'))
        batch_op.drop_index(batch_op.f('ix_merchant_region_code'))
        batch_op.drop_index(batch_op.f('ix_merchant_place_key'))
        batch_op.drop_index(batch_op.f('ix_merchant_market_id'))
        batch_op.drop_index(batch_op.f('ix_merchant_credit_status'))

    op.drop_table('merchant')
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.drop_index('uq_membership_held', sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_membership_user_id'))
        batch_op.drop_index('ix_membership_subject')

    op.drop_table('membership')
    with op.batch_alter_table('ledger_posting', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ledger_posting_account_id'))

    op.drop_table('ledger_posting')
    op.drop_table('user')
    op.drop_table('sweep')
    with op.batch_alter_table('submission', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_submission_created_at'))

    op.drop_table('submission')
    op.drop_table('search_document')
    op.drop_table('search_counter')
    with op.batch_alter_table('public_record', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_public_record_visible_until'))
        batch_op.drop_index(batch_op.f('ix_public_record_sector'))
        batch_op.drop_index(batch_op.f('ix_public_record_region_code'))
        batch_op.drop_index(batch_op.f('ix_public_record_published_at'))
        batch_op.drop_index(batch_op.f('ix_public_record_occurred_on'))
        batch_op.drop_index(batch_op.f('ix_public_record_merchant_number'))
        batch_op.drop_index(batch_op.f('ix_public_record_kind'))

    op.drop_table('public_record')
    op.drop_table('office')
    with op.batch_alter_table('market', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_market_region_code'))

    op.drop_table('market')
    op.drop_table('log_node')
    op.drop_table('log_head')
    op.drop_table('log_checkpoint')
    with op.batch_alter_table('ledger_transfer', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ledger_transfer_claim_number'))

    op.drop_table('ledger_transfer')
    op.drop_table('ledger_account')
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_job_run_at'))

    op.drop_table('job')
    # ### end Alembic commands ###
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS refuse_change()")
