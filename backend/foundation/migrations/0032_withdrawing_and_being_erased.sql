-- Withdrawing stops everything at once and may be taken back for seven days; being erased is for good. Until now both
-- were one, so whoever withdrew before has been erased.
ALTER TABLE volunteers.volunteer
  DROP CONSTRAINT volunteer_state_check,
  DROP CONSTRAINT volunteer_check,
  ADD COLUMN erased_at timestamptz;
GRANT USAGE ON SCHEMA volunteers TO hjerteloeber_backfill;
GRANT SELECT, UPDATE ON volunteers.volunteer TO hjerteloeber_backfill;
SET LOCAL ROLE hjerteloeber_backfill;
UPDATE volunteers.volunteer
SET state = 'erased', erased_at = withdrawn_at, join_code = NULL, last_seen_at = NULL, languages = '{}'
WHERE state = 'withdrawn';
RESET ROLE;
ALTER TABLE volunteers.volunteer
  ADD CONSTRAINT volunteer_state_check CHECK (state IN ('active', 'withdrawn', 'erased')),
  ADD CONSTRAINT volunteer_withdrew_check CHECK ((state = 'active') = (withdrawn_at IS NULL)),
  ADD CONSTRAINT volunteer_erased_check CHECK ((state = 'erased') = (erased_at IS NOT NULL)),
  -- What is left of somebody who was erased tells neither when they were last there nor by which code they came.
  ADD CONSTRAINT volunteer_erased_is_bare_check
    CHECK (state <> 'erased' OR (join_code IS NULL AND last_seen_at IS NULL AND languages = '{}'));
CREATE INDEX volunteer_to_be_erased ON volunteers.volunteer (withdrawn_at) WHERE state = 'withdrawn';
-- What is queued to somebody who goes is stopped. Rings are found by their alert, and pay for no index.
CREATE INDEX notice_by_volunteer ON delivery.message (volunteer_id) WHERE what = 'notice';
-- Whoever is erased at the edge is forgotten by campaigns, too.
GRANT DELETE ON recruitment.touch TO hjerteloeber_api;
