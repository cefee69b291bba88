-- A dispatch system proves who it is with a key of its own, never with a secret that we would have to keep: public keys
-- (RFC 7523) or certificates (RFC 8705), two of each at once so that one can be replaced without a gap.
CREATE TABLE identity.client_key (
  client_id  uuid NOT NULL REFERENCES identity.client (id),
  slot       smallint NOT NULL CHECK (slot IN (1, 2)),
  thumbprint text NOT NULL UNIQUE,     -- RFC 7638: one key is one system's
  jwk        jsonb NOT NULL,           -- public members only
  added_at   timestamptz NOT NULL,
  PRIMARY KEY (client_id, slot)
);
CREATE TABLE identity.client_certificate (
  client_id  uuid NOT NULL REFERENCES identity.client (id),
  slot       smallint NOT NULL CHECK (slot IN (1, 2)),
  subject    text,                     -- RFC 4514; whoever of our authorities' certificates has it
  thumbprint bytea UNIQUE,             -- or exactly this one: SHA-256 of its DER
  added_at   timestamptz NOT NULL,
  ends_at    timestamptz,              -- of the one that was last shown: operations hear of it before it is over
  PRIMARY KEY (client_id, slot),
  CHECK (num_nonnulls(subject, thumbprint) = 1)
);
-- A clock that is more than a minute off is believed where incidents are reported and ended, and told to operations.
CREATE TABLE identity.client_clock (
  client_id uuid PRIMARY KEY REFERENCES identity.client (id),
  ahead_s   real NOT NULL,
  seen_at   timestamptz NOT NULL
);
-- What proves one request (RFC 9449, and the assertions of log-ins) works once. Hashes, for as long as one could be believed.
CREATE TABLE identity.used_proof (
  digest    bytea PRIMARY KEY,
  forget_at timestamptz NOT NULL
);
ALTER TABLE identity.client ADD COLUMN frozen_at timestamptz;  -- by two people: refused from its next request on
ALTER TABLE identity.client DROP COLUMN secret_hash;

-- One round trip, no wait for the disk: what a crash could lose of this is a second's proofs. In a transaction of its own
-- it is the whole of it, so it names its own role.
CREATE FUNCTION identity.use_proof(proof bytea, until timestamptz, who uuid, off_s real, at timestamptz) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE fresh boolean; standing text;
BEGIN
  PERFORM pg_catalog.set_config('role', 'hjerteloeber_api', true), pg_catalog.set_config('synchronous_commit', 'off', true);
  INSERT INTO identity.used_proof (digest, forget_at) VALUES (proof, until) ON CONFLICT (digest) DO NOTHING
  RETURNING true INTO fresh;
  SELECT CASE WHEN c.disabled_at IS NOT NULL THEN 'disabled' WHEN c.frozen_at IS NOT NULL THEN 'frozen' END
  INTO standing FROM identity.client c WHERE c.id = who;
  IF off_s IS NOT NULL THEN
    INSERT INTO identity.client_clock (client_id, ahead_s, seen_at)
    SELECT c.id, off_s, at FROM identity.client c WHERE c.id = who
    ON CONFLICT (client_id) DO UPDATE SET ahead_s = excluded.ahead_s, seen_at = excluded.seen_at;
  END IF;
  RETURN CASE WHEN fresh IS NULL THEN 'repeated' ELSE coalesce(standing, 'taken') END;
END $$;

GRANT SELECT ON identity.client_key TO hjerteloeber_api;
GRANT SELECT, UPDATE (ends_at) ON identity.client_certificate TO hjerteloeber_api;
GRANT SELECT, INSERT, UPDATE ON identity.client_clock TO hjerteloeber_api;
GRANT SELECT, INSERT ON identity.used_proof TO hjerteloeber_api;
GRANT SELECT, DELETE ON identity.used_proof TO hjerteloeber_worker;
GRANT SELECT ON identity.client, identity.client_certificate, identity.client_clock TO hjerteloeber_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON identity.client_key, identity.client_certificate TO hjerteloeber_owner;
GRANT SELECT ON identity.client_clock TO hjerteloeber_owner;

-- Nothing of this belongs to a centre's rows or to a person: it is read before anybody knows who is calling. Whoever is
-- none of these roles sees nothing.
ALTER TABLE identity.client_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.client_key FORCE ROW LEVEL SECURITY;
ALTER TABLE identity.client_certificate ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.client_certificate FORCE ROW LEVEL SECURITY;
ALTER TABLE identity.client_clock ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.client_clock FORCE ROW LEVEL SECURITY;
ALTER TABLE identity.used_proof ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.used_proof FORCE ROW LEVEL SECURITY;
CREATE POLICY of_callers ON identity.client_key TO hjerteloeber_api, hjerteloeber_owner USING (true);
CREATE POLICY of_callers ON identity.client_certificate TO hjerteloeber_api, hjerteloeber_worker, hjerteloeber_owner USING (true);
CREATE POLICY of_callers ON identity.client_clock TO hjerteloeber_api, hjerteloeber_worker, hjerteloeber_owner USING (true);
CREATE POLICY of_callers ON identity.used_proof TO hjerteloeber_api, hjerteloeber_worker USING (true);
