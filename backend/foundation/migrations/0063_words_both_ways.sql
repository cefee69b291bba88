-- One-tap words between a centre and those on the way, no free text.
ALTER TABLE delivery.message DROP CONSTRAINT message_what_check;
ALTER TABLE delivery.message ADD CONSTRAINT message_what_check
  CHECK (what IN ('ring', 'stand_down', 'revision', 'word', 'code', 'test_alarm', 'notice'));

-- What was said about one alert, by either side. Whoever says it makes the id: said again it is the same word.
CREATE TABLE responses.word (
  alert_id    uuid NOT NULL REFERENCES alerts.alert ON DELETE CASCADE,  -- only the synthetic alarm ever goes
  id          uuid NOT NULL,
  centre_id   uuid NOT NULL,
  from_centre boolean NOT NULL,
  word        text NOT NULL CHECK (word IN (
    'door_locked', 'door_open', 'cannot_find', 'unsafe', 'somebody_meets_you', 'wait_outside', 'call_us')),
  said_at     timestamptz NOT NULL,
  PRIMARY KEY (alert_id, id)
);
CREATE INDEX word_by_centre ON responses.word (centre_id, said_at) WHERE NOT from_centre;
GRANT SELECT, INSERT ON responses.word TO hjerteloeber_api;
GRANT SELECT ON responses.word TO hjerteloeber_worker, hjerteloeber_owner;
ALTER TABLE responses.word ENABLE ROW LEVEL SECURITY;
ALTER TABLE responses.word FORCE ROW LEVEL SECURITY;
CREATE POLICY asked ON responses.word FOR SELECT TO hjerteloeber_api
  USING (alert_id = ANY ((SELECT alerts.alerts_of_person())::uuid[]));
CREATE POLICY centre ON responses.word TO hjerteloeber_api, hjerteloeber_worker, hjerteloeber_owner
  USING (centre_id = (SELECT foundation.centre()));

-- The number under which a centre's people answer those on the way. Shown to acceptors; nobody's private number.
CREATE TABLE regions.centre_number (
  id        uuid PRIMARY KEY,
  centre_id uuid NOT NULL REFERENCES regions.dispatch_centre,
  number    text NOT NULL CHECK (number ~ '^\+?[0-9]{3,15}$'),
  valid     tstzrange NOT NULL CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
  author    text NOT NULL,
  made_at   timestamptz NOT NULL,
  CONSTRAINT one_number_at_a_time EXCLUDE USING gist (centre_id WITH =, valid WITH &&)
);
GRANT SELECT ON regions.centre_number TO hjerteloeber_api;
GRANT SELECT, INSERT, UPDATE ON regions.centre_number TO hjerteloeber_owner;
ALTER TABLE regions.centre_number ENABLE ROW LEVEL SECURITY;
ALTER TABLE regions.centre_number FORCE ROW LEVEL SECURITY;
CREATE POLICY centre ON regions.centre_number FOR SELECT TO hjerteloeber_api
  USING (centre_id = (SELECT foundation.centre()));
CREATE POLICY on_the_way ON regions.centre_number FOR SELECT TO hjerteloeber_api
  USING (EXISTS (
    SELECT FROM alerts.alert a WHERE a.volunteer_id = (SELECT foundation.person()) AND a.state = 'accepted'
      AND a.centre_id = centre_number.centre_id));
CREATE POLICY operator ON regions.centre_number TO hjerteloeber_owner USING (true);

-- How many a centre asked for by hand: beside those its policy asks in total, which holds for what the machine asks.
ALTER TABLE incidents.incident ADD COLUMN wished integer NOT NULL DEFAULT 0 CHECK (wished >= 0);
