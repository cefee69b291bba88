-- What needs a person at a centre, until somebody has taken it up. Raised by workers from what other tables say.
CREATE SCHEMA attention;
GRANT USAGE ON SCHEMA attention TO hjerteloeber_owner, hjerteloeber_api, hjerteloeber_worker;

-- How a centre wants it, dated. Without a row: its system acknowledges a report, and nobody on the way counts after 120 s.
CREATE TABLE attention.rule (
  id             uuid PRIMARY KEY,
  centre_id      uuid NOT NULL REFERENCES regions.dispatch_centre,
  acknowledges   text NOT NULL CHECK (acknowledges IN ('system', 'console')),
  nobody_after_s integer NOT NULL CHECK (nobody_after_s BETWEEN 10 AND 3600),
  valid          tstzrange NOT NULL CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
  author         text NOT NULL,
  made_at        timestamptz NOT NULL,
  CONSTRAINT one_rule_at_a_time EXCLUDE USING gist (centre_id WITH =, valid WITH &&)
);

-- To whom a centre's incidents are lent when nobody there takes something up. Hours are Danish, [from, to); alike: always.
CREATE TABLE attention.agreement (
  id          uuid PRIMARY KEY,
  centre_id   uuid NOT NULL REFERENCES regions.dispatch_centre,
  to_id       uuid NOT NULL REFERENCES regions.dispatch_centre,
  after_s     integer NOT NULL CHECK (after_s BETWEEN 10 AND 3600),
  from_hour   smallint NOT NULL CHECK (from_hour BETWEEN 0 AND 23),
  to_hour     smallint NOT NULL CHECK (to_hour BETWEEN 0 AND 23),
  lends_for_s integer NOT NULL CHECK (lends_for_s BETWEEN 60 AND 43200),
  valid       tstzrange NOT NULL CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
  author      text NOT NULL,
  made_at     timestamptz NOT NULL,
  CHECK (centre_id <> to_id),
  CONSTRAINT one_agreement_with_each EXCLUDE USING gist (centre_id WITH =, to_id WITH =, valid WITH &&)
);

-- One thing that needs a person; `subject` says which. It is there once until it is over, and may come again after that.
CREATE TABLE attention.item (
  id                 uuid PRIMARY KEY,
  centre_id          uuid NOT NULL,
  kind               foundation.kind NOT NULL CHECK (kind IN ('live', 'exercise')),
  what               text NOT NULL CHECK (what IN (
    'new_alarm', 'nobody_accepted', 'word', 'flagged', 'second_person', 'still_going', 'channel_down', 'feed_silent',
    'handover_received')),
  subject            text NOT NULL,
  incident_id        uuid,
  detail             jsonb NOT NULL DEFAULT '{}',  -- enums, ids, pseudonyms
  raised_at          timestamptz NOT NULL,
  over_at            timestamptz,
  acknowledged_at    timestamptz,
  acknowledged_by    text CHECK (acknowledged_by IN ('staff', 'system')),
  acknowledged_by_id uuid,
  CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL) AND (acknowledged_at IS NULL) = (acknowledged_by_id IS NULL))
);
CREATE UNIQUE INDEX raised_once ON attention.item (centre_id, what, subject) WHERE over_at IS NULL;
CREATE INDEX item_not_over ON attention.item (centre_id, raised_at) WHERE over_at IS NULL;
CREATE INDEX item_over ON attention.item (over_at) WHERE over_at IS NOT NULL;

-- When a worker last looked: a console says so when none does.
CREATE TABLE attention.looked (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  at       timestamptz NOT NULL
);
INSERT INTO attention.looked (at) VALUES ('-infinity');

GRANT SELECT, INSERT, UPDATE ON attention.rule, attention.agreement TO hjerteloeber_owner;
GRANT SELECT ON attention.item, attention.looked TO hjerteloeber_owner;
GRANT SELECT ON attention.rule, attention.agreement TO hjerteloeber_api, hjerteloeber_worker;
GRANT SELECT ON attention.item, attention.looked TO hjerteloeber_api;
GRANT UPDATE (acknowledged_at, acknowledged_by, acknowledged_by_id) ON attention.item TO hjerteloeber_api;
GRANT SELECT, INSERT, DELETE ON attention.item TO hjerteloeber_worker;
GRANT UPDATE (over_at) ON attention.item TO hjerteloeber_worker;
GRANT SELECT, UPDATE ON attention.looked TO hjerteloeber_worker;

DO $$
DECLARE bound text;
BEGIN
  FOREACH bound IN ARRAY ARRAY['attention.rule', 'attention.agreement', 'attention.item', 'regions.access']
  LOOP
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', bound);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', bound);
  END LOOP;
END $$;
CREATE POLICY centre ON attention.rule FOR SELECT TO hjerteloeber_api, hjerteloeber_worker
  USING (centre_id = (SELECT foundation.centre()));
CREATE POLICY operator ON attention.rule TO hjerteloeber_owner USING (true);
CREATE POLICY centre ON attention.agreement FOR SELECT TO hjerteloeber_api, hjerteloeber_worker
  USING (centre_id = (SELECT foundation.centre()));
CREATE POLICY operator ON attention.agreement TO hjerteloeber_owner USING (true);
CREATE POLICY centre ON attention.item TO hjerteloeber_api, hjerteloeber_worker
  USING (centre_id = (SELECT foundation.centre()));
CREATE POLICY operator ON attention.item FOR SELECT TO hjerteloeber_owner USING (true);

-- What is lent by an agreement is lent by a worker: once at a time, for a while, and only what the agreement says.
ALTER TABLE regions.access DROP CONSTRAINT access_why_check;
ALTER TABLE regions.access ADD CONSTRAINT access_why_check CHECK (why IN ('overflow', 'merged', 'agreement'));
ALTER TABLE regions.access ADD CONSTRAINT lent_once_by_agreement
  EXCLUDE USING gist (centre_id WITH =, acting_id WITH =, valid WITH &&) WHERE (why = 'agreement');
GRANT INSERT ON regions.access TO hjerteloeber_worker;
CREATE POLICY anybody ON regions.access FOR SELECT TO hjerteloeber_api, hjerteloeber_worker USING (true);
CREATE POLICY operator ON regions.access TO hjerteloeber_owner USING (true);
CREATE POLICY agreed ON regions.access FOR INSERT TO hjerteloeber_worker
  WITH CHECK (
    why = 'agreement' AND centre_id = (SELECT foundation.centre()) AND EXISTS (
      SELECT FROM attention.agreement a
      WHERE a.centre_id = access.centre_id AND a.to_id = access.acting_id AND a.valid @> lower(access.valid)
        AND upper(access.valid) <= lower(access.valid) + a.lends_for_s * interval '1 second'));
