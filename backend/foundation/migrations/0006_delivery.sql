-- A number to write to before there is a volunteer (the sign-up code). Gone as soon as the message is settled or expired.
CREATE TABLE delivery.bare_address (
  id         uuid PRIMARY KEY,
  channel    text NOT NULL CHECK (channel = 'sms'),
  value      text NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE TABLE delivery.message (
  id           uuid PRIMARY KEY,
  kind         foundation.kind NOT NULL,
  what         text NOT NULL CHECK (what IN ('ring', 'stand_down', 'revision', 'code', 'test_alarm', 'notice')),
  subject_id   uuid NOT NULL,            -- the alert, the code, the test alarm
  volunteer_id uuid,
  content      jsonb NOT NULL,           -- coarse distance, reason, language: nothing personal
  created_at   timestamptz NOT NULL,
  expires_at   timestamptz NOT NULL,
  stopped_at   timestamptz,
  UNIQUE (id, kind),
  FOREIGN KEY (volunteer_id, kind) REFERENCES volunteers.volunteer (id, kind)
);
CREATE INDEX message_by_subject ON delivery.message (subject_id, created_at);
CREATE INDEX message_of_test_alarm ON delivery.message (volunteer_id) WHERE what = 'test_alarm';
CREATE INDEX message_with_code ON delivery.message (expires_at) WHERE content ? 'code';
-- One message to one address. This is what a worker claims.
CREATE TABLE delivery.delivery (
  id              uuid PRIMARY KEY,
  message_id      uuid NOT NULL,
  kind            foundation.kind NOT NULL,
  channel         text NOT NULL CHECK (channel IN ('fcm', 'sms', 'in_app')),
  address_id      uuid,
  bare_address_id uuid,
  state           text NOT NULL CHECK (state IN ('queued', 'leased', 'accepted', 'rejected', 'expired', 'stopped', 'not_needed')),
  urgency         smallint NOT NULL,               -- 0 first: live rings, other rings, changes, codes, notices
  queued_at       timestamptz NOT NULL,            -- the message's created_at: of two equally urgent the newer goes first
  expires_at      timestamptz NOT NULL,            -- the message's, which never changes
  next_at         timestamptz NOT NULL,
  lease_until     timestamptz,
  fence           bigint NOT NULL DEFAULT 0,
  attempts        integer NOT NULL DEFAULT 0,
  ambiguous       boolean NOT NULL DEFAULT false,  -- some attempt may have arrived although nobody said so
  reason          text,
  settled_at      timestamptz,
  FOREIGN KEY (message_id, kind) REFERENCES delivery.message (id, kind),
  FOREIGN KEY (address_id, kind) REFERENCES volunteers.address (id, kind),
  CHECK ((state = 'leased') = (lease_until IS NOT NULL)),
  CHECK ((state IN ('queued', 'leased')) = (settled_at IS NULL)),
  CHECK ((address_id IS NULL) <> (bare_address_id IS NULL))
);
CREATE INDEX delivery_by_message ON delivery.delivery (message_id);
CREATE INDEX delivery_due ON delivery.delivery (urgency, queued_at DESC) WHERE state = 'queued' AND channel <> 'in_app';
CREATE INDEX delivery_expiring ON delivery.delivery (expires_at) WHERE state = 'queued';
CREATE INDEX delivery_leased ON delivery.delivery (lease_until) WHERE state = 'leased';
CREATE UNIQUE INDEX delivery_once ON delivery.delivery (message_id, address_id) WHERE address_id IS NOT NULL;
-- Append-only: a row before the request, another after it. An attempt without a result by the end of its lease is unknown.
CREATE TABLE delivery.attempt (
  id          uuid PRIMARY KEY,
  delivery_id uuid NOT NULL REFERENCES delivery.delivery,
  fence       bigint NOT NULL,
  provider    text NOT NULL,
  started_at  timestamptz NOT NULL,
  UNIQUE (delivery_id, fence)
);
CREATE INDEX attempt_by_start ON delivery.attempt (started_at);
CREATE TABLE delivery.attempt_result (
  attempt_id  uuid PRIMARY KEY REFERENCES delivery.attempt,
  outcome     text NOT NULL CHECK (outcome IN ('accepted', 'rejected', 'ambiguous', 'not_sent')),
  code        text,
  provider_reference text,
  latency_ms  integer,
  ended_at    timestamptz NOT NULL
);
CREATE INDEX attempt_result_by_end ON delivery.attempt_result (ended_at);
CREATE TABLE delivery.receipt (
  delivery_id uuid PRIMARY KEY REFERENCES delivery.delivery,
  shown_at    timestamptz,
  received_at timestamptz NOT NULL
);
-- The secret in an SMS link, hashed; it opens one alert for one person, once answered it only shows the state.
CREATE TABLE delivery.answer_link (
  token_hash  bytea PRIMARY KEY,
  message_id  uuid NOT NULL REFERENCES delivery.message,
  expires_at  timestamptz NOT NULL,
  answered_at timestamptz
);
CREATE INDEX answer_link_by_expiry ON delivery.answer_link (expires_at);
CREATE TABLE delivery.channel_switch (
  channel    text PRIMARY KEY CHECK (channel IN ('fcm', 'sms', 'in_app')),
  enabled    boolean NOT NULL,
  changed_at timestamptz NOT NULL
);
INSERT INTO delivery.channel_switch (channel, enabled, changed_at)
SELECT channel, true, now() FROM unnest(ARRAY['fcm', 'sms', 'in_app']) AS channel;
GRANT SELECT, INSERT, UPDATE, DELETE ON delivery.bare_address, delivery.answer_link TO hjerteloeber_api, hjerteloeber_worker;
GRANT SELECT, INSERT, UPDATE ON delivery.message, delivery.delivery TO hjerteloeber_api, hjerteloeber_worker;
GRANT SELECT, INSERT ON delivery.attempt, delivery.attempt_result, delivery.receipt TO hjerteloeber_api, hjerteloeber_worker;
GRANT SELECT, UPDATE ON delivery.channel_switch TO hjerteloeber_owner;
GRANT SELECT ON delivery.channel_switch TO hjerteloeber_api, hjerteloeber_worker;
GRANT SELECT ON delivery.message, delivery.delivery, delivery.attempt, delivery.attempt_result, delivery.receipt TO hjerteloeber_stats;
