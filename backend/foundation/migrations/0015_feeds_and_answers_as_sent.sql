-- When each centre's dispatch system was last heard from, and how far its clock was off: one row, written over again.
-- `silent_since` is the moment of the last heartbeat before a silence that has been told, so that it is told once.
CREATE TABLE regions.feed (
  centre_id     uuid NOT NULL REFERENCES regions.dispatch_centre,
  kind          foundation.kind NOT NULL,
  heard_at      timestamptz NOT NULL,
  clock_ahead_s double precision NOT NULL,
  silent_since  timestamptz,
  PRIMARY KEY (centre_id, kind)
) WITH (fillfactor = 50);
GRANT SELECT, INSERT, UPDATE ON regions.feed TO hjerteloeber_api, hjerteloeber_worker;
GRANT SELECT ON regions.feed TO hjerteloeber_stats;
-- A feed that has been taken out of use is forgotten by the operator (hjerteloeber centre forget-feed).
GRANT SELECT, DELETE ON regions.feed TO hjerteloeber_owner;

-- A repeated report is answered byte for byte as the first time; jsonb keeps the members in an order of its own.
-- Null: answered by the version before, which reads and writes `answer` only.
ALTER TABLE incidents.request_key ADD COLUMN answer_sent bytea;
