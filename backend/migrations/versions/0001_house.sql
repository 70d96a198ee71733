-- The first landing's tables, indexes and row-level security, as SQLAlchemy's metadata says them; a test compares the two.

CREATE TABLE advance (
  tenant_id TEXT NOT NULL, 
  consumer_id UUID NOT NULL, 
  balance BIGINT NOT NULL, 
  CONSTRAINT pk_advance PRIMARY KEY (tenant_id, consumer_id), 
  CONSTRAINT ck_advance_not_negative CHECK (balance >= 0)
);

ALTER TABLE advance ENABLE ROW LEVEL SECURITY;

CREATE POLICY village ON advance USING (current_setting('app.tenants', true) = '*' OR tenant_id = ANY (string_to_array(current_setting('app.tenants', true), ','))) WITH CHECK (current_setting('app.tenants', true) = '*' OR tenant_id = ANY (string_to_array(current_setting('app.tenants', true), ',')));

CREATE TABLE advance_entry (
  tenant_id TEXT NOT NULL, 
  id UUID NOT NULL, 
  consumer_id UUID NOT NULL, 
  amount BIGINT NOT NULL, 
  cause TEXT NOT NULL, 
  cause_id UUID, 
  at TIMESTAMP WITH TIME ZONE NOT NULL, 
  CONSTRAINT pk_advance_entry PRIMARY KEY (tenant_id, id)
);

CREATE INDEX ix_advance_entry_consumer ON advance_entry (tenant_id, consumer_id);

ALTER TABLE advance_entry ENABLE ROW LEVEL SECURITY;

CREATE POLICY village ON advance_entry USING (current_setting('app.tenants', true) = '*' OR tenant_id = ANY (string_to_array(current_setting('app.tenants', true), ','))) WITH CHECK (current_setting('app.tenants', true) = '*' OR tenant_id = ANY (string_to_array(current_setting('app.tenants', true), ',')));

CREATE TABLE announcement (
  tenant_id TEXT NOT NULL, 
  id UUID NOT NULL, 
  position BIGINT GENERATED ALWAYS AS IDENTITY, 
  topic TEXT NOT NULL, 
  facts JSONB NOT NULL, 
  actor TEXT NOT NULL, 
  at TIMESTAMP WITH TIME ZONE NOT NULL, 
  CONSTRAINT pk_announcement PRIMARY KEY (tenant_id, id)
);

CREATE INDEX ix_announcement_chain ON announcement (tenant_id, position);

ALTER TABLE announcement ENABLE ROW LEVEL SECURITY;

CREATE POLICY village ON announcement USING (current_setting('app.tenants', true) = '*' OR tenant_id = ANY (string_to_array(current_setting('app.tenants', true), ','))) WITH CHECK (current_setting('app.tenants', true) = '*' OR tenant_id = ANY (string_to_array(current_setting('app.tenants', true), ',')));

CREATE TABLE announcement_heard (
  tenant_id TEXT NOT NULL, 
  announcement_id UUID NOT NULL, 
  listener TEXT NOT NULL, 
  CONSTRAINT pk_announcement_heard PRIMARY KEY (tenant_id, announcement_id, listener)
);

ALTER TABLE announcement_heard ENABLE ROW LEVEL SECURITY;

CREATE POLICY village ON announcement_heard USING (current_setting('app.tenants', true) = '*' OR tenant_id = ANY (string_to_array(current_setting('app.tenants', true), ','))) WITH CHECK (current_setting('app.tenants', true) = '*' OR tenant_id = ANY (string_to_array(current_setting('app.tenants', true), ',')));

CREATE TABLE announcement_seal (
  tenant_id TEXT NOT NULL, 
  number BIGINT NOT NULL, 
  announcement_id UUID NOT NULL, 
  seal BYTEA NOT NULL, 
  CONSTRAINT pk_announcement_seal PRIMARY KEY (tenant_id, number)
);

ALTER TABLE announcement_seal ENABLE ROW LEVEL SECURITY;

CREATE POLICY village ON announcement_seal USING (current_setting('app.tenants', true) = '*' OR tenant_id = ANY (string_to_array(current_setting('app.tenants', true), ','))) WITH CHECK (current_setting('app.tenants', true) = '*' OR tenant_id = ANY (string_to_array(current_setting('app.tenants', true), ',')));

CREATE TABLE bill (
  tenant_id TEXT NOT NULL, 
  id UUID NOT NULL, 
  consumer_id UUID NOT NULL, 
  bill_no TEXT NOT NULL, 
  total BIGINT NOT NULL, 
  period TEXT NOT NULL, 
  due_on DATE NOT NULL, 
  lines JSONB NOT NULL, 
  open_hash TEXT NOT NULL, 
  issued_at TIMESTAMP WITH TIME ZONE NOT NULL, 
  status TEXT DEFAULT 'CURRENT' NOT NULL, 
  CONSTRAINT pk_bill PRIMARY KEY (tenant_id, id), 
  CONSTRAINT ck_bill_positive CHECK (total > 0)
);

CREATE UNIQUE INDEX ix_bill_current ON bill (tenant_id, consumer_id) WHERE status = 'CURRENT';

CREATE UNIQUE INDEX ix_bill_number ON bill (tenant_id, bill_no);

ALTER TABLE bill ENABLE ROW LEVEL SECURITY;

CREATE POLICY village ON bill USING (current_setting('app.tenants', true) = '*' OR tenant_id = ANY (string_to_array(current_setting('app.tenants', true), ','))) WITH CHECK (current_setting('app.tenants', true) = '*' OR tenant_id = ANY (string_to_array(current_setting('app.tenants', true), ',')));

CREATE TABLE billing_run (
  tenant_id TEXT NOT NULL, 
  id UUID NOT NULL, 
  period TEXT NOT NULL, 
  chunks INTEGER NOT NULL, 
  chunks_done INTEGER DEFAULT '0' NOT NULL, 
  billed INTEGER DEFAULT '0' NOT NULL, 
  already INTEGER DEFAULT '0' NOT NULL, 
  failed INTEGER DEFAULT '0' NOT NULL, 
  started_at TIMESTAMP WITH TIME ZONE NOT NULL, 
  finished_at TIMESTAMP WITH TIME ZONE, 
  CONSTRAINT pk_billing_run PRIMARY KEY (tenant_id, id)
);

CREATE INDEX ix_billing_run_period ON billing_run (tenant_id, period);

ALTER TABLE billing_run ENABLE ROW LEVEL SECURITY;

CREATE POLICY village ON billing_run USING (current_setting('app.tenants', true) = '*' OR tenant_id = ANY (string_to_array(current_setting('app.tenants', true), ','))) WITH CHECK (current_setting('app.tenants', true) = '*' OR tenant_id = ANY (string_to_array(current_setting('app.tenants', true), ',')));

CREATE TABLE connection (
  tenant_id TEXT NOT NULL, 
  id UUID NOT NULL, 
  connection_no TEXT NOT NULL, 
  normal_no TEXT NOT NULL, 
  old_connection_no TEXT NOT NULL, 
  normal_old_no TEXT NOT NULL, 
  holder_id UUID, 
  name_sealed BYTEA NOT NULL, 
  house_sealed BYTEA, 
  building TEXT NOT NULL, 
  metered BOOLEAN NOT NULL, 
  meter_no TEXT, 
  active BOOLEAN DEFAULT 'true' NOT NULL, 
  registered_at TIMESTAMP WITH TIME ZONE NOT NULL, 
  CONSTRAINT pk_connection PRIMARY KEY (tenant_id, id), 
  CONSTRAINT uq_connection_tenant_id_connection_no UNIQUE (tenant_id, connection_no), 
  CONSTRAINT uq_connection_tenant_id_old_connection_no UNIQUE (tenant_id, old_connection_no), 
  CONSTRAINT ck_connection_a_meter_has_a_number CHECK (metered = (meter_no IS NOT NULL))
);

CREATE INDEX ix_connection_number ON connection (normal_no);

CREATE INDEX ix_connection_old_number ON connection (normal_old_no);

ALTER TABLE connection ENABLE ROW LEVEL SECURITY;

CREATE POLICY village ON connection USING (current_setting('app.tenants', true) = '*' OR tenant_id = ANY (string_to_array(current_setting('app.tenants', true), ','))) WITH CHECK (current_setting('app.tenants', true) = '*' OR tenant_id = ANY (string_to_array(current_setting('app.tenants', true), ',')));

CREATE TABLE data_key (
  id UUID NOT NULL, 
  scope TEXT NOT NULL, 
  wrapped BYTEA NOT NULL, 
  created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
  CONSTRAINT pk_data_key PRIMARY KEY (id), 
  CONSTRAINT uq_data_key_scope UNIQUE (scope)
);

CREATE TABLE demand (
  tenant_id TEXT NOT NULL, 
  id UUID NOT NULL, 
  consumer_id UUID NOT NULL, 
  consumer_code TEXT NOT NULL, 
  payer_id UUID, 
  kind TEXT NOT NULL, 
  period_from DATE NOT NULL, 
  period_to DATE NOT NULL, 
  due_on DATE NOT NULL, 
  status TEXT DEFAULT 'ACTIVE' NOT NULL, 
  created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
  CONSTRAINT pk_demand PRIMARY KEY (tenant_id, id), 
  CONSTRAINT ck_demand_period CHECK (period_from <= period_to)
);

CREATE UNIQUE INDEX ix_demand_one_a_period ON demand (tenant_id, consumer_id, period_from, kind) WHERE status = 'ACTIVE';

ALTER TABLE demand ENABLE ROW LEVEL SECURITY;

CREATE POLICY village ON demand USING (current_setting('app.tenants', true) = '*' OR tenant_id = ANY (string_to_array(current_setting('app.tenants', true), ','))) WITH CHECK (current_setting('app.tenants', true) = '*' OR tenant_id = ANY (string_to_array(current_setting('app.tenants', true), ',')));

CREATE TABLE id_counter (
  tenant_id TEXT NOT NULL, 
  series TEXT NOT NULL, 
  last BIGINT NOT NULL, 
  CONSTRAINT pk_id_counter PRIMARY KEY (tenant_id, series)
);

ALTER TABLE id_counter ENABLE ROW LEVEL SECURITY;

CREATE POLICY village ON id_counter USING (current_setting('app.tenants', true) = '*' OR tenant_id = ANY (string_to_array(current_setting('app.tenants', true), ','))) WITH CHECK (current_setting('app.tenants', true) = '*' OR tenant_id = ANY (string_to_array(current_setting('app.tenants', true), ',')));

CREATE TABLE login (
  id UUID NOT NULL, 
  username TEXT NOT NULL, 
  password_hash TEXT NOT NULL, 
  person_id UUID, 
  superuser BOOLEAN DEFAULT 'false' NOT NULL, 
  created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
  CONSTRAINT pk_login PRIMARY KEY (id), 
  CONSTRAINT uq_login_username UNIQUE (username)
);

CREATE TABLE login_session (
  id UUID NOT NULL, 
  login_id UUID, 
  person_id UUID, 
  refresh_hash BYTEA NOT NULL, 
  idle_until TIMESTAMP WITH TIME ZONE NOT NULL, 
  ends_at TIMESTAMP WITH TIME ZONE NOT NULL, 
  ended_at TIMESTAMP WITH TIME ZONE, 
  CONSTRAINT pk_login_session PRIMARY KEY (id), 
  CONSTRAINT uq_login_session_refresh_hash UNIQUE (refresh_hash)
);

CREATE INDEX ix_login_session_ends_at ON login_session (ends_at);

CREATE INDEX ix_login_session_login_id ON login_session (login_id);

CREATE INDEX ix_login_session_person_id ON login_session (person_id);

CREATE TABLE master_override (
  tenant_id TEXT NOT NULL, 
  kind TEXT NOT NULL, 
  valid_from DATE NOT NULL, 
  set_at TIMESTAMP WITH TIME ZONE NOT NULL, 
  value JSONB NOT NULL, 
  CONSTRAINT pk_master_override PRIMARY KEY (tenant_id, kind, valid_from, set_at), 
  CONSTRAINT ck_master_override_kind_known CHECK (kind IN ('tariff', 'penalty'))
);

CREATE TABLE message_request (
  tenant_id TEXT NOT NULL, 
  id UUID NOT NULL, 
  template TEXT NOT NULL, 
  purpose TEXT NOT NULL, 
  person_id UUID, 
  channel TEXT, 
  address_sealed BYTEA, 
  params JSONB NOT NULL, 
  key TEXT NOT NULL, 
  held TEXT, 
  asked_at TIMESTAMP WITH TIME ZONE NOT NULL, 
  CONSTRAINT pk_message_request PRIMARY KEY (tenant_id, id), 
  CONSTRAINT uq_message_request_tenant_id_key UNIQUE (tenant_id, key), 
  CONSTRAINT ck_message_request_to_person_or_address CHECK ((person_id IS NULL) = (address_sealed IS NOT NULL) AND (channel IS NULL) = (address_sealed IS NULL)), 
  CONSTRAINT ck_message_request_held_known CHECK (held IN ('opted_out'))
);

ALTER TABLE message_request ENABLE ROW LEVEL SECURITY;

CREATE POLICY village ON message_request USING (current_setting('app.tenants', true) = '*' OR tenant_id = ANY (string_to_array(current_setting('app.tenants', true), ','))) WITH CHECK (current_setting('app.tenants', true) = '*' OR tenant_id = ANY (string_to_array(current_setting('app.tenants', true), ',')));

CREATE TABLE messaging_wish (
  channel TEXT NOT NULL, 
  address_index BYTEA NOT NULL, 
  wanted BOOLEAN NOT NULL, 
  said_at TIMESTAMP WITH TIME ZONE NOT NULL, 
  CONSTRAINT pk_messaging_wish PRIMARY KEY (channel, address_index)
);

CREATE TABLE otp_request (
  id UUID NOT NULL, 
  subject_index BYTEA NOT NULL, 
  purpose TEXT NOT NULL, 
  person_id UUID, 
  code_hash BYTEA NOT NULL, 
  code_sealed BYTEA, 
  tries SMALLINT DEFAULT '0' NOT NULL, 
  ended TEXT, 
  expires_at TIMESTAMP WITH TIME ZONE NOT NULL, 
  created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
  CONSTRAINT pk_otp_request PRIMARY KEY (id), 
  CONSTRAINT ck_otp_request_ended_known CHECK (ended IN ('used', 'replaced', 'locked', 'expired')), 
  CONSTRAINT ck_otp_request_ended_is_erased CHECK (ended IS NULL OR code_sealed IS NULL), 
  CONSTRAINT ck_otp_request_tries CHECK (tries BETWEEN 0 AND 5)
);

CREATE INDEX ix_otp_request_created_at ON otp_request (created_at);

CREATE INDEX ix_otp_request_of_person ON otp_request (person_id, created_at) WHERE person_id IS NOT NULL;

CREATE UNIQUE INDEX ix_otp_request_one_active ON otp_request (subject_index, purpose) WHERE ended IS NULL;

CREATE INDEX ix_otp_request_recent ON otp_request (subject_index, created_at);

CREATE TABLE parked_money (
  tenant_id TEXT NOT NULL, 
  id UUID NOT NULL, 
  consumer_id UUID NOT NULL, 
  attempt_id UUID NOT NULL, 
  provider TEXT NOT NULL, 
  provider_payment_id TEXT NOT NULL, 
  amount BIGINT NOT NULL, 
  expected BIGINT NOT NULL, 
  reason TEXT NOT NULL, 
  work_item_id UUID NOT NULL, 
  created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
  CONSTRAINT pk_parked_money PRIMARY KEY (tenant_id, id), 
  CONSTRAINT uq_parked_money_tenant_id_provider_provider_payment_id UNIQUE (tenant_id, provider, provider_payment_id), 
  CONSTRAINT ck_parked_money_positive CHECK (amount > 0)
);

ALTER TABLE parked_money ENABLE ROW LEVEL SECURITY;

CREATE POLICY village ON parked_money USING (current_setting('app.tenants', true) = '*' OR tenant_id = ANY (string_to_array(current_setting('app.tenants', true), ','))) WITH CHECK (current_setting('app.tenants', true) = '*' OR tenant_id = ANY (string_to_array(current_setting('app.tenants', true), ',')));

CREATE TABLE pay_attempt (
  tenant_id TEXT NOT NULL, 
  id UUID NOT NULL, 
  consumer_id UUID NOT NULL, 
  link_token TEXT NOT NULL, 
  reference TEXT NOT NULL, 
  provider TEXT NOT NULL, 
  mode TEXT NOT NULL, 
  amount BIGINT NOT NULL, 
  state TEXT NOT NULL, 
  checkout_url TEXT, 
  checks INTEGER DEFAULT '0' NOT NULL, 
  next_check_at TIMESTAMP WITH TIME ZONE, 
  created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
  CONSTRAINT pk_pay_attempt PRIMARY KEY (tenant_id, id), 
  CONSTRAINT uq_pay_attempt_tenant_id_reference UNIQUE (tenant_id, reference), 
  CONSTRAINT ck_pay_attempt_positive CHECK (amount > 0)
);

CREATE INDEX ix_pay_attempt_consumer ON pay_attempt (tenant_id, consumer_id);

CREATE INDEX ix_pay_attempt_due ON pay_attempt (next_check_at) WHERE next_check_at IS NOT NULL;

ALTER TABLE pay_attempt ENABLE ROW LEVEL SECURITY;

CREATE POLICY village ON pay_attempt USING (current_setting('app.tenants', true) = '*' OR tenant_id = ANY (string_to_array(current_setting('app.tenants', true), ','))) WITH CHECK (current_setting('app.tenants', true) = '*' OR tenant_id = ANY (string_to_array(current_setting('app.tenants', true), ',')));

CREATE TABLE pay_link (
  token TEXT NOT NULL, 
  village TEXT NOT NULL, 
  consumer_id UUID NOT NULL, 
  bill_id UUID NOT NULL, 
  reference TEXT NOT NULL, 
  short_code TEXT NOT NULL, 
  amount BIGINT NOT NULL, 
  created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
  ends_at TIMESTAMP WITH TIME ZONE NOT NULL, 
  CONSTRAINT pk_pay_link PRIMARY KEY (token), 
  CONSTRAINT uq_pay_link_reference UNIQUE (reference), 
  CONSTRAINT uq_pay_link_bill_id UNIQUE (bill_id)
);

CREATE TABLE payment (
  tenant_id TEXT NOT NULL, 
  id UUID NOT NULL, 
  receipt_no TEXT NOT NULL, 
  receipt_token TEXT NOT NULL, 
  receipt_code TEXT NOT NULL, 
  verify_code TEXT NOT NULL, 
  consumer_id UUID NOT NULL, 
  amount BIGINT NOT NULL, 
  mode TEXT NOT NULL, 
  paid_at TIMESTAMP WITH TIME ZONE NOT NULL, 
  payer_person_id UUID, 
  collector_id UUID, 
  channel TEXT NOT NULL, 
  provider TEXT, 
  provider_payment_id TEXT, 
  attempt_id UUID, 
  reference TEXT, 
  key TEXT NOT NULL, 
  due_after BIGINT NOT NULL, 
  advance_after BIGINT NOT NULL, 
  created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
  CONSTRAINT pk_payment PRIMARY KEY (tenant_id, id), 
  CONSTRAINT uq_payment_tenant_id_receipt_no UNIQUE (tenant_id, receipt_no), 
  CONSTRAINT uq_payment_tenant_id_key UNIQUE (tenant_id, key), 
  CONSTRAINT uq_payment_tenant_id_provider_provider_payment_id UNIQUE (tenant_id, provider, provider_payment_id), 
  CONSTRAINT ck_payment_positive CHECK (amount > 0)
);

CREATE INDEX ix_payment_collector ON payment (tenant_id, collector_id, paid_at) WHERE collector_id IS NOT NULL;

CREATE INDEX ix_payment_consumer ON payment (tenant_id, consumer_id, paid_at);

CREATE INDEX ix_payment_token ON payment (receipt_token);

CREATE INDEX ix_payment_verify ON payment (verify_code);

ALTER TABLE payment ENABLE ROW LEVEL SECURITY;

CREATE POLICY village ON payment USING (current_setting('app.tenants', true) = '*' OR tenant_id = ANY (string_to_array(current_setting('app.tenants', true), ','))) WITH CHECK (current_setting('app.tenants', true) = '*' OR tenant_id = ANY (string_to_array(current_setting('app.tenants', true), ',')));

CREATE TABLE person (
  id UUID NOT NULL, 
  phone_index BYTEA, 
  phone_sealed BYTEA NOT NULL, 
  name_sealed BYTEA NOT NULL, 
  locale TEXT, 
  demo BOOLEAN DEFAULT 'false' NOT NULL, 
  created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
  CONSTRAINT pk_person PRIMARY KEY (id), 
  CONSTRAINT uq_person_phone_index UNIQUE (phone_index)
);

CREATE TABLE provider_event (
  provider TEXT NOT NULL, 
  event_id TEXT NOT NULL, 
  reference TEXT NOT NULL, 
  sealed BYTEA NOT NULL, 
  received_at TIMESTAMP WITH TIME ZONE NOT NULL, 
  CONSTRAINT pk_provider_event PRIMARY KEY (provider, event_id)
);

CREATE TABLE short_link (
  code TEXT NOT NULL, 
  path TEXT NOT NULL, 
  ends_at TIMESTAMP WITH TIME ZONE, 
  created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
  CONSTRAINT pk_short_link PRIMARY KEY (code)
);

CREATE TABLE sign_in_try (
  name_index BYTEA NOT NULL, 
  tries INTEGER NOT NULL, 
  since TIMESTAMP WITH TIME ZONE NOT NULL, 
  locked_until TIMESTAMP WITH TIME ZONE, 
  CONSTRAINT pk_sign_in_try PRIMARY KEY (name_index)
);

CREATE TABLE tenant (
  tenant_id TEXT NOT NULL, 
  upi_vpa TEXT DEFAULT '' NOT NULL, 
  office_name TEXT DEFAULT '' NOT NULL, 
  contact_sealed BYTEA, 
  part_payment BOOLEAN, 
  created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
  CONSTRAINT pk_tenant PRIMARY KEY (tenant_id)
);

CREATE TABLE work_item (
  tenant_id TEXT NOT NULL, 
  id UUID NOT NULL, 
  number TEXT NOT NULL, 
  category TEXT NOT NULL, 
  subject_id UUID, 
  person_id UUID, 
  text_sealed BYTEA, 
  key TEXT NOT NULL, 
  opened_at TIMESTAMP WITH TIME ZONE NOT NULL, 
  closed_at TIMESTAMP WITH TIME ZONE, 
  outcome_sealed BYTEA, 
  CONSTRAINT pk_work_item PRIMARY KEY (tenant_id, id), 
  CONSTRAINT uq_work_item_tenant_id_number UNIQUE (tenant_id, number), 
  CONSTRAINT uq_work_item_tenant_id_key UNIQUE (tenant_id, key), 
  CONSTRAINT ck_work_item_closed_with_outcome CHECK ((closed_at IS NULL) = (outcome_sealed IS NULL))
);

CREATE INDEX ix_work_item_open ON work_item (tenant_id, id) WHERE closed_at IS NULL;

ALTER TABLE work_item ENABLE ROW LEVEL SECURITY;

CREATE POLICY village ON work_item USING (current_setting('app.tenants', true) = '*' OR tenant_id = ANY (string_to_array(current_setting('app.tenants', true), ','))) WITH CHECK (current_setting('app.tenants', true) = '*' OR tenant_id = ANY (string_to_array(current_setting('app.tenants', true), ',')));

CREATE TABLE billing_outcome (
  tenant_id TEXT NOT NULL, 
  run_id UUID NOT NULL, 
  connection_id UUID NOT NULL, 
  outcome TEXT NOT NULL, 
  reason TEXT, 
  CONSTRAINT pk_billing_outcome PRIMARY KEY (tenant_id, run_id, connection_id), 
  CONSTRAINT fk_billing_outcome_tenant_id_run_id FOREIGN KEY(tenant_id, run_id) REFERENCES billing_run (tenant_id, id)
);

ALTER TABLE billing_outcome ENABLE ROW LEVEL SECURITY;

CREATE POLICY village ON billing_outcome USING (current_setting('app.tenants', true) = '*' OR tenant_id = ANY (string_to_array(current_setting('app.tenants', true), ','))) WITH CHECK (current_setting('app.tenants', true) = '*' OR tenant_id = ANY (string_to_array(current_setting('app.tenants', true), ',')));

CREATE TABLE connection_holder (
  tenant_id TEXT NOT NULL, 
  connection_id UUID NOT NULL, 
  person_id UUID NOT NULL, 
  how TEXT NOT NULL, 
  since TIMESTAMP WITH TIME ZONE NOT NULL, 
  CONSTRAINT pk_connection_holder PRIMARY KEY (tenant_id, connection_id, person_id), 
  CONSTRAINT fk_connection_holder_tenant_id_connection_id FOREIGN KEY(tenant_id, connection_id) REFERENCES connection (tenant_id, id)
);

CREATE INDEX ix_connection_holder_person ON connection_holder (person_id);

ALTER TABLE connection_holder ENABLE ROW LEVEL SECURITY;

CREATE POLICY village ON connection_holder USING (current_setting('app.tenants', true) = '*' OR tenant_id = ANY (string_to_array(current_setting('app.tenants', true), ','))) WITH CHECK (current_setting('app.tenants', true) = '*' OR tenant_id = ANY (string_to_array(current_setting('app.tenants', true), ',')));

CREATE TABLE demand_line (
  tenant_id TEXT NOT NULL, 
  id UUID NOT NULL, 
  demand_id UUID NOT NULL, 
  consumer_id UUID NOT NULL, 
  tax_head TEXT NOT NULL, 
  sort SMALLINT NOT NULL, 
  period_from DATE NOT NULL, 
  due_on DATE NOT NULL, 
  amount BIGINT NOT NULL, 
  paid BIGINT DEFAULT '0' NOT NULL, 
  advance_paid BIGINT DEFAULT '0' NOT NULL, 
  calculation JSONB NOT NULL, 
  CONSTRAINT pk_demand_line PRIMARY KEY (tenant_id, id), 
  CONSTRAINT fk_demand_line_tenant_id_demand_id FOREIGN KEY(tenant_id, demand_id) REFERENCES demand (tenant_id, id), 
  CONSTRAINT ck_demand_line_never_overpaid CHECK (0 <= advance_paid AND advance_paid <= paid AND paid <= amount)
);

CREATE INDEX ix_demand_line_demand ON demand_line (tenant_id, demand_id);

CREATE INDEX ix_demand_line_open ON demand_line (tenant_id, consumer_id) WHERE paid < amount;

ALTER TABLE demand_line ENABLE ROW LEVEL SECURITY;

CREATE POLICY village ON demand_line USING (current_setting('app.tenants', true) = '*' OR tenant_id = ANY (string_to_array(current_setting('app.tenants', true), ','))) WITH CHECK (current_setting('app.tenants', true) = '*' OR tenant_id = ANY (string_to_array(current_setting('app.tenants', true), ',')));

CREATE TABLE login_session_spent (
  session_id UUID NOT NULL, 
  refresh_hash BYTEA NOT NULL, 
  CONSTRAINT pk_login_session_spent PRIMARY KEY (session_id, refresh_hash), 
  CONSTRAINT fk_login_session_spent_session_id FOREIGN KEY(session_id) REFERENCES login_session (id) ON DELETE CASCADE
);

CREATE INDEX ix_login_session_spent_refresh_hash ON login_session_spent (refresh_hash);

CREATE TABLE meter_reading (
  tenant_id TEXT NOT NULL, 
  connection_id UUID NOT NULL, 
  period TEXT NOT NULL, 
  previous BIGINT NOT NULL, 
  current BIGINT NOT NULL, 
  read_on DATE NOT NULL, 
  CONSTRAINT pk_meter_reading PRIMARY KEY (tenant_id, connection_id, period), 
  CONSTRAINT fk_meter_reading_tenant_id_connection_id FOREIGN KEY(tenant_id, connection_id) REFERENCES connection (tenant_id, id), 
  CONSTRAINT ck_meter_reading_forward CHECK (current >= previous)
);

ALTER TABLE meter_reading ENABLE ROW LEVEL SECURITY;

CREATE POLICY village ON meter_reading USING (current_setting('app.tenants', true) = '*' OR tenant_id = ANY (string_to_array(current_setting('app.tenants', true), ','))) WITH CHECK (current_setting('app.tenants', true) = '*' OR tenant_id = ANY (string_to_array(current_setting('app.tenants', true), ',')));

CREATE TABLE person_address (
  channel TEXT NOT NULL, 
  address_index BYTEA NOT NULL, 
  person_id UUID NOT NULL, 
  address_sealed BYTEA NOT NULL, 
  proven_at TIMESTAMP WITH TIME ZONE NOT NULL, 
  CONSTRAINT pk_person_address PRIMARY KEY (channel, address_index), 
  CONSTRAINT fk_person_address_person_id FOREIGN KEY(person_id) REFERENCES person (id)
);

CREATE INDEX ix_person_address_person_id ON person_address (person_id);

CREATE TABLE person_village (
  person_id UUID NOT NULL, 
  village TEXT NOT NULL, 
  CONSTRAINT pk_person_village PRIMARY KEY (person_id, village), 
  CONSTRAINT fk_person_village_person_id FOREIGN KEY(person_id) REFERENCES person (id)
);

CREATE TABLE role_grant (
  person_id UUID NOT NULL, 
  village TEXT NOT NULL, 
  role TEXT NOT NULL, 
  granted_at TIMESTAMP WITH TIME ZONE NOT NULL, 
  CONSTRAINT pk_role_grant PRIMARY KEY (person_id, village, role), 
  CONSTRAINT fk_role_grant_person_id FOREIGN KEY(person_id) REFERENCES person (id)
);

CREATE INDEX ix_role_grant_village ON role_grant (village);

CREATE TABLE allocation (
  tenant_id TEXT NOT NULL, 
  payment_id UUID NOT NULL, 
  line_id UUID NOT NULL, 
  amount BIGINT NOT NULL, 
  CONSTRAINT pk_allocation PRIMARY KEY (tenant_id, payment_id, line_id), 
  CONSTRAINT fk_allocation_tenant_id_line_id FOREIGN KEY(tenant_id, line_id) REFERENCES demand_line (tenant_id, id), 
  CONSTRAINT ck_allocation_positive CHECK (amount > 0)
);

CREATE INDEX ix_allocation_line ON allocation (tenant_id, line_id);

ALTER TABLE allocation ENABLE ROW LEVEL SECURITY;

CREATE POLICY village ON allocation USING (current_setting('app.tenants', true) = '*' OR tenant_id = ANY (string_to_array(current_setting('app.tenants', true), ','))) WITH CHECK (current_setting('app.tenants', true) = '*' OR tenant_id = ANY (string_to_array(current_setting('app.tenants', true), ',')));

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON announcement FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON announcement_seal FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE FUNCTION bill_is_a_snapshot() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       IF (NEW.total, NEW.lines, NEW.bill_no, NEW.consumer_id, NEW.due_on) IS DISTINCT FROM (OLD.total, OLD.lines, OLD.bill_no, OLD.consumer_id, OLD.due_on)
       THEN RAISE EXCEPTION 'a bill is never changed' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$;

CREATE TRIGGER snapshot BEFORE UPDATE ON bill FOR EACH ROW EXECUTE FUNCTION bill_is_a_snapshot();

CREATE FUNCTION money_is_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION '% is never changed', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$;

CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON payment FOR EACH ROW EXECUTE FUNCTION money_is_never_changed();

CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON parked_money FOR EACH ROW EXECUTE FUNCTION money_is_never_changed();
