-- Who came by which join code, for as long as a campaign counts. Only the API (which hears of it) and the worker (which
-- counts) see rows about people; a campaign's own process sees what is told, and may only add groups and codes.
CREATE SCHEMA recruitment;
GRANT USAGE ON SCHEMA recruitment
  TO hjerteloeber_owner, hjerteloeber_api, hjerteloeber_worker, hjerteloeber_campaigns;

CREATE TABLE recruitment.campaign (
  id uuid PRIMARY KEY,
  name text NOT NULL UNIQUE,
  k integer NOT NULL CHECK (k >= 5),
  credit_days integer NOT NULL CHECK (credit_days BETWEEN 1 AND 365),
  opens_at timestamptz NOT NULL,
  closes_at timestamptz NOT NULL,
  told_on date,  -- the last Danish day whose end was counted
  forgotten_at timestamptz,
  CHECK (closes_at > opens_at)
);

-- Nobody may change one: a group that could move would tell by subtraction what it has.
CREATE TABLE recruitment.counting_group (
  campaign_id uuid NOT NULL REFERENCES recruitment.campaign,
  name text NOT NULL,
  way text NOT NULL CHECK (way IN ('unit', 'channel', 'area')),
  parent text,
  invited integer CHECK (invited >= 0),
  opened_at timestamptz NOT NULL,
  PRIMARY KEY (campaign_id, name),
  UNIQUE (campaign_id, name, way),
  FOREIGN KEY (campaign_id, parent, way) REFERENCES recruitment.counting_group (campaign_id, name, way),
  CHECK (parent <> name)
);

-- Every group with itself and with each group above it; the campaign as a whole stands above all.
CREATE VIEW recruitment.within AS
  WITH RECURSIVE up (campaign_id, part, whole, parent) AS (
    SELECT campaign_id, name, name, parent FROM recruitment.counting_group
    UNION ALL
    SELECT up.campaign_id, up.part, g.name, g.parent
    FROM up JOIN recruitment.counting_group g ON g.campaign_id = up.campaign_id AND g.name = up.parent)
  SELECT campaign_id, part, whole FROM up;

CREATE TABLE recruitment.join_code (
  code text PRIMARY KEY,
  campaign_id uuid NOT NULL,
  unit text NOT NULL,
  channel text NOT NULL,
  opened_at timestamptz NOT NULL,
  closed_at timestamptz,
  begun bigint NOT NULL DEFAULT 0,  -- sign-ups begun with it; nobody's in particular
  FOREIGN KEY (campaign_id, unit) REFERENCES recruitment.counting_group (campaign_id, name),
  FOREIGN KEY (campaign_id, channel) REFERENCES recruitment.counting_group (campaign_id, name)
);
CREATE INDEX join_code_by_unit ON recruitment.join_code (campaign_id, unit);

-- A phone that was proven with a code, under a key of its own: it can be found here by its number only, and not joined
-- with any other table.
CREATE TABLE recruitment.touch (
  campaign_id uuid NOT NULL REFERENCES recruitment.campaign,
  phone_key bytea NOT NULL,
  code text NOT NULL REFERENCES recruitment.join_code,
  proven_at timestamptz NOT NULL,
  already boolean NOT NULL DEFAULT false,  -- the phone had an account
  PRIMARY KEY (campaign_id, phone_key, code)
);

CREATE TABLE recruitment.member (
  volunteer_id uuid PRIMARY KEY REFERENCES volunteers.volunteer,
  campaign_id uuid NOT NULL REFERENCES recruitment.campaign,
  code text NOT NULL REFERENCES recruitment.join_code,
  area text NOT NULL,
  stage text NOT NULL CHECK (stage IN ('begun', 'proven', 'registered', 'connected', 'reachable', 'trained')),
  answered boolean NOT NULL DEFAULT false,
  registered_at timestamptz NOT NULL
);
CREATE INDEX member_by_campaign ON recruitment.member (campaign_id);

-- How many there were of those whose rows are gone: numbers outlive people.
CREATE TABLE recruitment.tally (
  campaign_id uuid NOT NULL REFERENCES recruitment.campaign,
  stage text NOT NULL,
  group_name text NOT NULL,
  count bigint NOT NULL CHECK (count >= 0),
  PRIMARY KEY (campaign_id, stage, group_name)
);

-- What may be told as of today, of every group: the state that telling goes on from.
CREATE TABLE recruitment.tellable (
  campaign_id uuid NOT NULL REFERENCES recruitment.campaign,
  stage text NOT NULL,
  group_name text NOT NULL,
  at_least integer NOT NULL CHECK (at_least >= 0),
  PRIMARY KEY (campaign_id, stage, group_name)
);

-- What was told, for good: of the campaign every day, of all its groups at the end of every week.
CREATE TABLE recruitment.told (
  campaign_id uuid NOT NULL REFERENCES recruitment.campaign,
  day date NOT NULL,
  stage text NOT NULL,
  group_name text NOT NULL,
  at_least integer NOT NULL CHECK (at_least >= 0),
  PRIMARY KEY (campaign_id, stage, group_name, day)
);

GRANT SELECT ON recruitment.campaign, recruitment.join_code TO hjerteloeber_api;
GRANT UPDATE (begun) ON recruitment.join_code TO hjerteloeber_api;
GRANT SELECT, INSERT ON recruitment.touch TO hjerteloeber_api;
GRANT UPDATE (already) ON recruitment.touch TO hjerteloeber_api;
GRANT SELECT, INSERT, DELETE ON recruitment.member TO hjerteloeber_api;
GRANT SELECT, INSERT, UPDATE ON recruitment.tally TO hjerteloeber_api;
GRANT SELECT ON recruitment.counting_group, recruitment.within TO hjerteloeber_api;

GRANT SELECT ON recruitment.campaign, recruitment.counting_group, recruitment.within, recruitment.join_code
  TO hjerteloeber_worker;
GRANT UPDATE (told_on, forgotten_at) ON recruitment.campaign TO hjerteloeber_worker;
GRANT SELECT, DELETE ON recruitment.touch TO hjerteloeber_worker;
GRANT SELECT, DELETE ON recruitment.member TO hjerteloeber_worker;
GRANT UPDATE (stage, answered) ON recruitment.member TO hjerteloeber_worker;
GRANT SELECT, INSERT, UPDATE ON recruitment.tally, recruitment.tellable TO hjerteloeber_worker;
GRANT SELECT, INSERT ON recruitment.told, recruitment.counting_group TO hjerteloeber_worker;

GRANT SELECT, INSERT ON recruitment.campaign, recruitment.counting_group TO hjerteloeber_campaigns;
GRANT SELECT (code, campaign_id, unit, channel, opened_at, closed_at), INSERT (code, campaign_id, unit, channel, opened_at)
  ON recruitment.join_code TO hjerteloeber_campaigns;
GRANT UPDATE (closed_at) ON recruitment.join_code TO hjerteloeber_campaigns;
GRANT SELECT ON recruitment.told TO hjerteloeber_campaigns;

-- Codes stand there now. The version before still writes the old column; the next one drops it.
UPDATE volunteers.volunteer SET join_code = NULL WHERE join_code IS NOT NULL;
