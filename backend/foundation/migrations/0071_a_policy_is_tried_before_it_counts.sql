-- A policy somebody is working on: nobody is asked by it. Once a second person has said yes it becomes a version of a
-- policy, and that is in force from a moment on. A draft never changes; who made it, by their id.
CREATE TABLE selection.policy_draft (
  id uuid PRIMARY KEY,
  centre_id uuid NOT NULL REFERENCES regions.dispatch_centre,
  based_on uuid NOT NULL REFERENCES selection.policy,
  name text NOT NULL,  -- of the policy it becomes: this centre's own, so that no other centre's changes with it
  fields jsonb NOT NULL,
  made_by uuid NOT NULL,
  made_at timestamptz NOT NULL
);
REVOKE ALL ON selection.policy_draft FROM hjerteloeber_worker, hjerteloeber_stats;
GRANT SELECT, INSERT ON selection.policy_draft TO hjerteloeber_api;
GRANT INSERT ON selection.policy TO hjerteloeber_api;
ALTER TABLE selection.policy_draft ENABLE ROW LEVEL SECURITY;
ALTER TABLE selection.policy_draft FORCE ROW LEVEL SECURITY;
CREATE POLICY centre ON selection.policy_draft TO hjerteloeber_api
  USING (centre_id = (SELECT foundation.centre()));
