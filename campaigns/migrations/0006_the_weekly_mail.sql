-- One mail for a manager, a campaign and a week. It is claimed before it is sent, so that nobody gets it twice from two
-- processes; a claim whose process died is taken over.
CREATE TABLE campaigns.digest (
  manager_id uuid NOT NULL REFERENCES campaigns.manager ON DELETE CASCADE,
  campaign_id uuid NOT NULL REFERENCES campaigns.campaign,
  week date NOT NULL,  -- its Sunday
  claimed_at timestamptz NOT NULL,
  sent_at timestamptz,
  refused_at timestamptz,  -- the mail server will never take it
  PRIMARY KEY (manager_id, campaign_id, week),
  CHECK (sent_at IS NULL OR refused_at IS NULL)
);
GRANT SELECT, INSERT ON campaigns.digest TO hjerteloeber_campaigns;
GRANT UPDATE (claimed_at, sent_at, refused_at) ON campaigns.digest TO hjerteloeber_campaigns;
