-- What happens to a centre's incidents, told to an address of its own: ids, enums, metres and times, as its stream has them.
CREATE SCHEMA webhooks;
GRANT USAGE ON SCHEMA webhooks TO hjerteloeber_owner, hjerteloeber_worker;

CREATE TABLE webhooks.subscription (
  id uuid PRIMARY KEY,
  centre_id uuid NOT NULL REFERENCES regions.dispatch_centre,
  kind foundation.kind NOT NULL CHECK (kind <> 'synthetic'),
  url text NOT NULL CHECK (length(url) <= 500),
  secret_sealed bytea NOT NULL,
  events text[] NOT NULL,  -- none: every event
  added_at timestamptz NOT NULL,
  disabled_at timestamptz
);

-- One event on its way to one subscription. What it says is read from the journal when it is sent.
CREATE TABLE webhooks.delivery (
  subscription_id uuid NOT NULL REFERENCES webhooks.subscription ON DELETE CASCADE,
  entry_id bigint NOT NULL,  -- of the journal, where nothing but the synthetic alarm is ever removed
  centre_id uuid NOT NULL,
  incident_id uuid NOT NULL,
  seq integer NOT NULL,
  state text NOT NULL CHECK (state IN ('queued', 'leased', 'delivered', 'expired', 'dropped')),
  queued_at timestamptz NOT NULL,
  next_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  fence bigint NOT NULL DEFAULT 0,
  lease_until timestamptz,
  outcome text,  -- of the last attempt: a status, or what failed
  PRIMARY KEY (subscription_id, entry_id)
);
CREATE INDEX delivery_waiting ON webhooks.delivery (subscription_id, incident_id, seq) WHERE state IN ('queued', 'leased');
CREATE INDEX delivery_over ON webhooks.delivery (queued_at) WHERE state IN ('delivered', 'expired', 'dropped');

-- How far the chain of sealed entries was read. The chain's order is that of sealing: nothing comes before it later.
CREATE TABLE webhooks.read_until (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  position bigint NOT NULL
);
INSERT INTO webhooks.read_until (position) SELECT coalesce(max(position), 0) FROM foundation.journal_seal;

GRANT SELECT, INSERT, UPDATE ON webhooks.subscription TO hjerteloeber_owner;
GRANT SELECT, UPDATE ON webhooks.delivery TO hjerteloeber_owner;
GRANT SELECT ON webhooks.subscription TO hjerteloeber_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON webhooks.delivery TO hjerteloeber_worker;
GRANT SELECT, UPDATE ON webhooks.read_until TO hjerteloeber_worker;

-- The API has no business here, and nobody sees a row but the worker, whose rounds go over all centres, and the
-- operator's commands. A place in the chain is nobody's.
ALTER TABLE webhooks.subscription ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhooks.subscription FORCE ROW LEVEL SECURITY;
ALTER TABLE webhooks.delivery ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhooks.delivery FORCE ROW LEVEL SECURITY;
CREATE POLICY round ON webhooks.subscription TO hjerteloeber_worker USING (true);
CREATE POLICY round ON webhooks.delivery TO hjerteloeber_worker USING (true);
CREATE POLICY operator ON webhooks.subscription TO hjerteloeber_owner USING (true);
CREATE POLICY operator ON webhooks.delivery TO hjerteloeber_owner USING (true);
