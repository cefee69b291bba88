-- Managers: staff of a campaign's parties who look at its numbers in an official capacity. A name and an address at work
-- stand here because they sign in with it. None of it is about a person who is counted: of those there is still no column.
CREATE TABLE campaigns.manager (
  id uuid PRIMARY KEY,
  email text NOT NULL UNIQUE CHECK (email = lower(email) AND email LIKE '_%@_%'),
  name text NOT NULL,
  issuer text,  -- who signed them in the first time, and what they are called there: nobody inherits an address
  subject text,
  CHECK ((issuer IS NULL) = (subject IS NULL)),
  UNIQUE (issuer, subject)
);

-- What somebody may look at: the whole of what their party sees, or a unit and all below it.
CREATE TABLE campaigns.manager_grant (
  id uuid PRIMARY KEY,
  manager_id uuid NOT NULL REFERENCES campaigns.manager ON DELETE CASCADE,
  campaign_id uuid NOT NULL,
  party text NOT NULL,
  unit text,
  digest boolean NOT NULL,  -- whether they want the weekly mail
  created_at timestamptz NOT NULL,
  withdrawn_at timestamptz,
  FOREIGN KEY (campaign_id, party) REFERENCES campaigns.party,
  CHECK (withdrawn_at >= created_at)
);
CREATE UNIQUE INDEX one_grant_of_a_kind ON campaigns.manager_grant (manager_id, campaign_id, party, coalesce(unit, ''))
  WHERE withdrawn_at IS NULL;
CREATE INDEX grants_of_a_campaign ON campaigns.manager_grant (campaign_id) WHERE withdrawn_at IS NULL;

-- Who is signed in. The cookie's value is nowhere: only its hash.
CREATE TABLE campaigns.session (
  hash bytea PRIMARY KEY CHECK (length(hash) = 32),
  manager_id uuid NOT NULL REFERENCES campaigns.manager ON DELETE CASCADE,
  began_at timestamptz NOT NULL,
  used_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  CHECK (expires_at > began_at)
);
CREATE INDEX sessions_of_a_manager ON campaigns.session (manager_id);
CREATE INDEX sessions_by_age ON campaigns.session (expires_at);

-- What a party's own programme reads the numbers with. Nobody's in particular; of its use only the last day is kept.
CREATE TABLE campaigns.token (
  id uuid PRIMARY KEY,
  hash bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
  name text NOT NULL,
  campaign_id uuid NOT NULL,
  party text NOT NULL,
  unit text,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  withdrawn_at timestamptz,
  used_on date,
  FOREIGN KEY (campaign_id, party) REFERENCES campaigns.party,
  CHECK (expires_at > created_at)
);
CREATE UNIQUE INDEX one_token_of_a_name ON campaigns.token (campaign_id, name) WHERE withdrawn_at IS NULL;

GRANT SELECT, INSERT, DELETE ON campaigns.manager, campaigns.manager_grant, campaigns.session
  TO hjerteloeber_campaigns;
GRANT SELECT, INSERT ON campaigns.token TO hjerteloeber_campaigns;
GRANT UPDATE (name, issuer, subject) ON campaigns.manager TO hjerteloeber_campaigns;
GRANT UPDATE (digest, withdrawn_at) ON campaigns.manager_grant TO hjerteloeber_campaigns;
GRANT UPDATE (used_at) ON campaigns.session TO hjerteloeber_campaigns;
GRANT UPDATE (withdrawn_at, used_on) ON campaigns.token TO hjerteloeber_campaigns;
