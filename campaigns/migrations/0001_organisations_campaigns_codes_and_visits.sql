-- Everything that is the campaigns' own. No column here can hold anything about a person.
CREATE SCHEMA campaigns;
GRANT USAGE ON SCHEMA campaigns TO hjerteloeber_campaigns;

CREATE TABLE campaigns.organisation (name text PRIMARY KEY);

-- A unit in one place under one name, for Danish days since <= day < until.
CREATE TABLE campaigns.unit (
  organisation text NOT NULL REFERENCES campaigns.organisation,
  code text NOT NULL CHECK (code ~ '^[A-Z][A-Z0-9-]*$'),
  parent text,
  kind text NOT NULL,
  name_da text NOT NULL,
  name_en text NOT NULL,
  since date NOT NULL,
  until date,
  merged_into text,
  split_from text,
  PRIMARY KEY (organisation, code, since),
  CHECK (until > since),
  CHECK (parent <> code),
  EXCLUDE USING gist (organisation WITH =, code WITH =, daterange(since, until) WITH &&)
);

CREATE TABLE campaigns.campaign (
  id uuid PRIMARY KEY,  -- the same as in recruitment.campaign
  name text NOT NULL UNIQUE CHECK (name ~ '^[a-z][a-z0-9-]*$'),
  organisation text NOT NULL REFERENCES campaigns.organisation,
  since date NOT NULL,
  until date NOT NULL,
  k integer NOT NULL CHECK (k >= 5),
  credit_days integer NOT NULL,
  colour text NOT NULL CHECK (colour ~ '^#[0-9a-f]{6}$'),
  heart boolean NOT NULL,
  CHECK (until > since)
);

CREATE TABLE campaigns.party (
  campaign_id uuid NOT NULL REFERENCES campaigns.campaign,
  code text NOT NULL,
  name_da text NOT NULL,
  name_en text NOT NULL,
  part text NOT NULL CHECK (part IN ('owner', 'partner', 'observer')),
  PRIMARY KEY (campaign_id, code)
);
CREATE UNIQUE INDEX one_owner ON campaigns.party (campaign_id) WHERE part = 'owner';

-- What a campaign says. Nobody may change one: whoever approved it approved these words. A mistake is put right in the next.
CREATE TABLE campaigns.version (
  campaign_id uuid NOT NULL REFERENCES campaigns.campaign,
  number integer NOT NULL CHECK (number >= 1),
  texts jsonb NOT NULL,
  written_at timestamptz NOT NULL,
  PRIMARY KEY (campaign_id, number)
);

CREATE TABLE campaigns.approval (
  campaign_id uuid NOT NULL,
  number integer NOT NULL,
  party text NOT NULL,
  approved_at timestamptz NOT NULL,
  PRIMARY KEY (campaign_id, number, party),
  FOREIGN KEY (campaign_id, number) REFERENCES campaigns.version,
  FOREIGN KEY (campaign_id, party) REFERENCES campaigns.party
);

-- How many people of a unit's own, without those of units below, are asked, and how many are hoped for.
CREATE TABLE campaigns.asked (
  campaign_id uuid NOT NULL REFERENCES campaigns.campaign,
  unit text NOT NULL,
  people integer NOT NULL CHECK (people >= 0),
  target integer CHECK (target >= 1),
  target_on date,
  PRIMARY KEY (campaign_id, unit),
  CHECK ((target IS NULL) = (target_on IS NULL))
);

-- A unit where it stood when its first code there was made: what counting knows as a group, and one of its own below.
-- Nobody may change one, as nobody may change the groups.
CREATE TABLE campaigns.place (
  campaign_id uuid NOT NULL REFERENCES campaigns.campaign,
  unit text NOT NULL,
  number integer NOT NULL CHECK (number >= 1),
  above text,
  reshaped_on date,  -- when a unit last merged into it or was split from it
  people integer CHECK (people >= 0),
  own_people integer CHECK (own_people >= 0),
  PRIMARY KEY (campaign_id, unit, number)
);

CREATE TABLE campaigns.code (
  code text PRIMARY KEY CHECK (code ~ '^[2-9A-HJKMNP-Z]{8}$'),
  campaign_id uuid NOT NULL,
  unit text NOT NULL,
  place integer NOT NULL,
  channel text NOT NULL CHECK (channel IN ('poster', 'intranet', 'email', 'event')),
  material text NOT NULL,
  opened_at timestamptz NOT NULL,
  closed_at timestamptz,
  FOREIGN KEY (campaign_id, unit, place) REFERENCES campaigns.place
);
CREATE UNIQUE INDEX one_open_code_of_a_kind ON campaigns.code (campaign_id, unit, place, channel, material)
  WHERE closed_at IS NULL;

-- Nobody's in particular: numbers by code and Danish day. Code '' is the campaign's page without one.
CREATE TABLE campaigns.visits (
  campaign_id uuid NOT NULL REFERENCES campaigns.campaign,
  code text NOT NULL,
  day date NOT NULL,
  visited bigint NOT NULL DEFAULT 0,
  automatic bigint NOT NULL DEFAULT 0,
  tests bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (campaign_id, code, day)
);

CREATE TABLE campaigns.visits_by_source (
  campaign_id uuid NOT NULL REFERENCES campaigns.campaign,
  day date NOT NULL,
  source text NOT NULL,
  medium text NOT NULL,
  name text NOT NULL,
  visited bigint NOT NULL,
  PRIMARY KEY (campaign_id, day, source, medium, name)
);

GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA campaigns TO hjerteloeber_campaigns;
GRANT UPDATE ON campaigns.organisation TO hjerteloeber_campaigns;
GRANT DELETE ON campaigns.unit TO hjerteloeber_campaigns;
GRANT UPDATE (people, target, target_on) ON campaigns.asked TO hjerteloeber_campaigns;
GRANT UPDATE (closed_at) ON campaigns.code TO hjerteloeber_campaigns;
GRANT UPDATE (visited, automatic, tests) ON campaigns.visits TO hjerteloeber_campaigns;
GRANT UPDATE (visited) ON campaigns.visits_by_source TO hjerteloeber_campaigns;
