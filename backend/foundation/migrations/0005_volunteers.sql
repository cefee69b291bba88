CREATE TABLE volunteers.volunteer (
  id              uuid PRIMARY KEY,
  kind            foundation.kind NOT NULL,
  state           text NOT NULL CHECK (state IN ('active', 'withdrawn')),
  created_at      timestamptz NOT NULL,
  withdrawn_at    timestamptz,
  training        text NOT NULL CHECK (training IN ('none', 'first_aid', 'hlr', 'hlr_and_aed', 'health_professional')),
  languages       text[] NOT NULL,
  municipality    text,
  join_code       text,
  on_duty         boolean NOT NULL,
  snoozed_until   timestamptz,
  -- Minutes since Monday 00:00 Europe/Copenhagen as [from, to) pairs: when this person does not want to be rung.
  quiet_week      int4multirange NOT NULL DEFAULT '{}',
  coarse_position boolean NOT NULL DEFAULT false,
  last_seen_at    timestamptz,
  UNIQUE (id, kind),
  CHECK ((state = 'withdrawn') = (withdrawn_at IS NOT NULL))
);
-- The person stands alone: deleting this row is what forgets somebody.
CREATE TABLE volunteers.volunteer_identity (
  volunteer_id uuid PRIMARY KEY REFERENCES volunteers.volunteer,
  phone        text NOT NULL,
  phone_hash   bytea NOT NULL UNIQUE,
  name         text NOT NULL,
  birth_year   integer NOT NULL
);
CREATE TABLE volunteers.consent (
  id           uuid PRIMARY KEY,
  volunteer_id uuid NOT NULL REFERENCES volunteers.volunteer,
  purpose      text NOT NULL CHECK (purpose IN ('alarms', 'location', 'campaign_credit', 'research')),
  version      text NOT NULL,
  given_at     timestamptz NOT NULL,
  withdrawn_at timestamptz
);
CREATE UNIQUE INDEX consent_in_force ON volunteers.consent (volunteer_id, purpose) WHERE withdrawn_at IS NULL;
CREATE TABLE volunteers.device (
  id           uuid PRIMARY KEY,
  volunteer_id uuid NOT NULL REFERENCES volunteers.volunteer,
  platform     text NOT NULL CHECK (platform IN ('android', 'ios', 'web')),
  app_version  text NOT NULL,
  language     text NOT NULL CHECK (language IN ('da', 'en')),
  permissions  jsonb NOT NULL,
  last_seen_at timestamptz NOT NULL
);
CREATE INDEX device_by_volunteer ON volunteers.device (volunteer_id);
-- Where a message can go. `value` is null for sms: the number stands in volunteer_identity alone. A retired address
-- keeps neither value nor device, only what its deliveries point at.
CREATE TABLE volunteers.address (
  id           uuid PRIMARY KEY,
  volunteer_id uuid NOT NULL,
  kind         foundation.kind NOT NULL,
  device_id    uuid REFERENCES volunteers.device,
  channel      text NOT NULL CHECK (channel IN ('fcm_token', 'fcm_fid', 'apns', 'webpush', 'sms', 'in_app')),
  value        text,
  health       text NOT NULL CHECK (health IN ('healthy', 'quarantined', 'retired')),
  created_at   timestamptz NOT NULL,
  changed_at   timestamptz NOT NULL,
  last_receipt_at timestamptz,
  FOREIGN KEY (volunteer_id, kind) REFERENCES volunteers.volunteer (id, kind),
  UNIQUE (id, kind),
  CHECK (CASE WHEN health = 'retired' THEN value IS NULL AND device_id IS NULL
         ELSE (channel IN ('sms', 'in_app')) = (value IS NULL) AND (channel = 'sms') = (device_id IS NULL) END)
);
CREATE INDEX address_by_volunteer ON volunteers.address (volunteer_id) WHERE health = 'healthy';
CREATE UNIQUE INDEX address_once ON volunteers.address (channel, value) WHERE value IS NOT NULL;
CREATE UNIQUE INDEX one_in_app_address_a_device ON volunteers.address (device_id) WHERE channel = 'in_app' AND health <> 'retired';
CREATE UNIQUE INDEX one_sms_address_a_volunteer ON volunteers.address (volunteer_id) WHERE channel = 'sms' AND health <> 'retired';
-- Who is ringing or on a mission, and for what: the primary key is the rule that nobody is asked by two alarms at once.
CREATE TABLE volunteers.engagement (
  volunteer_id uuid PRIMARY KEY,
  kind         foundation.kind NOT NULL,
  incident_id  uuid NOT NULL,
  state        text NOT NULL CHECK (state IN ('ringing', 'mission')),
  since        timestamptz NOT NULL,
  FOREIGN KEY (volunteer_id, kind) REFERENCES volunteers.volunteer (id, kind)
);
CREATE INDEX engagement_by_incident ON volunteers.engagement (incident_id);
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA volunteers TO hjerteloeber_api, hjerteloeber_worker;
GRANT SELECT ON volunteers.volunteer, volunteers.consent, volunteers.device TO hjerteloeber_stats;
