CREATE TABLE identity.client (
  id          uuid PRIMARY KEY,
  client_id   text NOT NULL UNIQUE,
  secret_hash text NOT NULL,
  centre_id   uuid NOT NULL,      -- regions is a later room: the edge checks it when the client is made
  kind        foundation.kind NOT NULL,
  scopes      text[] NOT NULL,
  created_at  timestamptz NOT NULL,
  disabled_at timestamptz
);
CREATE TABLE identity.one_time_code (
  id         uuid PRIMARY KEY,
  phone_hash bytea NOT NULL,
  code_hash  bytea NOT NULL,
  tries      integer NOT NULL DEFAULT 0 CHECK (tries <= 6),
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at    timestamptz
);
CREATE INDEX one_time_code_by_phone ON identity.one_time_code (phone_hash, created_at);
-- A family is one log-in on one device; using a spent token again ends the whole family.
CREATE TABLE identity.refresh_token (
  id           uuid PRIMARY KEY,
  family_id    uuid NOT NULL,
  volunteer_id uuid NOT NULL,
  device_id    uuid NOT NULL,
  token_hash   bytea NOT NULL UNIQUE,
  created_at   timestamptz NOT NULL,
  expires_at   timestamptz NOT NULL,
  used_at      timestamptz,
  revoked_at   timestamptz
);
CREATE INDEX refresh_token_by_family ON identity.refresh_token (family_id);
CREATE INDEX refresh_token_by_volunteer ON identity.refresh_token (volunteer_id);
GRANT SELECT ON identity.client TO hjerteloeber_api;
-- Who may call for a centre is an operator's decision (hjerteloeber client add), written into the journal.
GRANT SELECT, INSERT, UPDATE ON identity.client TO hjerteloeber_owner;
GRANT SELECT, INSERT ON foundation.journal_entry TO hjerteloeber_owner;
GRANT SELECT, INSERT, UPDATE, DELETE ON identity.one_time_code, identity.refresh_token TO hjerteloeber_api, hjerteloeber_worker;
