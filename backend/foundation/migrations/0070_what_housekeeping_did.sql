-- What each chore of housekeeping removed, by day, and how its last look went: for whoever runs the service. Nobody's data;
-- a row for each chore and day, gone after 90 days.
CREATE TABLE foundation.chore_day (
  what text NOT NULL,
  day date NOT NULL,
  every_s real NOT NULL,
  looks integer NOT NULL,
  failed integer NOT NULL,
  removed bigint NOT NULL,
  looked_at timestamptz NOT NULL,
  last_due bigint NOT NULL,
  last_removed bigint NOT NULL,
  last_failed boolean NOT NULL,
  PRIMARY KEY (what, day)
) WITH (fillfactor = 50);
REVOKE ALL ON foundation.chore_day FROM hjerteloeber_api, hjerteloeber_stats;
GRANT SELECT, INSERT, UPDATE, DELETE ON foundation.chore_day TO hjerteloeber_worker;
GRANT SELECT ON foundation.chore_day TO hjerteloeber_api;
ALTER TABLE foundation.chore_day ENABLE ROW LEVEL SECURITY;
ALTER TABLE foundation.chore_day FORCE ROW LEVEL SECURITY;
CREATE POLICY round ON foundation.chore_day TO hjerteloeber_worker USING (true);
CREATE POLICY operations ON foundation.chore_day FOR SELECT TO hjerteloeber_api
  USING ((SELECT foundation.person()) IS NOT NULL);
