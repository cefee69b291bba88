CREATE SCHEMA signup;
GRANT USAGE ON SCHEMA signup TO hjerteloeber_owner, hjerteloeber_api, hjerteloeber_worker;
-- Somebody half-way through the sign-up pages. All that is theirs lies in `sealed`, which only the service can open; the
-- browser's cookie is kept as a hash. Gone half an hour after the last step.
CREATE TABLE signup.session (
  id_hash    bytea PRIMARY KEY,
  sealed     bytea NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX session_by_expiry ON signup.session (expires_at);
-- How many codes went out by text message for the pages, minute by minute: by network (a keyed hash), and of all
-- networks together (empty).
CREATE TABLE signup.codes_sent (
  network_hash bytea NOT NULL,
  minute       timestamptz NOT NULL,
  codes        integer NOT NULL CHECK (codes > 0),
  PRIMARY KEY (network_hash, minute)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON signup.session, signup.codes_sent TO hjerteloeber_api, hjerteloeber_worker;
