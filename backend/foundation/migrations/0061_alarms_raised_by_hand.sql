-- Who raised an alarm by hand, and where it went beyond what one person does alone: then a second one is called, and may
-- stop it. It has gone out already: nobody waits for anybody.
CREATE TABLE incidents.by_hand (
  incident_id uuid PRIMARY KEY REFERENCES incidents.incident,
  kind        foundation.kind NOT NULL,
  centre_id   uuid NOT NULL,
  raised_by   uuid NOT NULL,      -- one of the staff; identity keeps who that is
  raised_at   timestamptz NOT NULL,
  above       text[] NOT NULL CHECK (above <@ ARRAY['an_hour', 'uncertain']),  -- empty: a second person is not called
  decision    text CHECK (decision IN ('confirmed', 'stopped')),
  decided_by  uuid,
  decided_at  timestamptz,
  CHECK (decided_by <> raised_by),
  CHECK ((decision IS NULL) = (decided_by IS NULL) AND (decision IS NULL) = (decided_at IS NULL)),
  CHECK (decision IS NULL OR above <> '{}')
);
CREATE INDEX by_hand_by_person ON incidents.by_hand (raised_by, raised_at);
CREATE INDEX by_hand_waiting ON incidents.by_hand (centre_id) WHERE decision IS NULL AND above <> '{}';
-- How much that is, by centre; dated, since medical staff change it. Where no row holds, the code's own numbers do.
CREATE TABLE incidents.by_hand_limit (
  id          uuid PRIMARY KEY,
  centre_id   uuid NOT NULL,
  an_hour     integer NOT NULL CHECK (an_hour >= 0),
  uncertain_m integer NOT NULL CHECK (uncertain_m >= 0),
  valid       tstzrange NOT NULL,
  author      text NOT NULL,
  EXCLUDE USING gist (centre_id WITH =, valid WITH &&)
);
GRANT SELECT, INSERT ON incidents.by_hand TO hjerteloeber_api;
GRANT UPDATE (decision, decided_by, decided_at) ON incidents.by_hand TO hjerteloeber_api;
GRANT SELECT ON incidents.by_hand_limit TO hjerteloeber_api;
GRANT SELECT ON incidents.by_hand TO hjerteloeber_owner;
GRANT SELECT, INSERT, UPDATE ON incidents.by_hand_limit TO hjerteloeber_owner;
ALTER TABLE incidents.by_hand ENABLE ROW LEVEL SECURITY;
ALTER TABLE incidents.by_hand FORCE ROW LEVEL SECURITY;
ALTER TABLE incidents.by_hand_limit ENABLE ROW LEVEL SECURITY;
ALTER TABLE incidents.by_hand_limit FORCE ROW LEVEL SECURITY;
CREATE POLICY centre ON incidents.by_hand TO hjerteloeber_api USING (centre_id = (SELECT foundation.centre()));
CREATE POLICY operator ON incidents.by_hand FOR SELECT TO hjerteloeber_owner USING (true);
CREATE POLICY centre ON incidents.by_hand_limit FOR SELECT TO hjerteloeber_api
  USING (centre_id = (SELECT foundation.centre()));
CREATE POLICY operator ON incidents.by_hand_limit TO hjerteloeber_owner USING (true);
