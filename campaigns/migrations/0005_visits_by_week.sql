-- What was visited in each week that is over: a dashboard reads it instead of years of days. A week that was added up stays.
-- `group_name` is what counting calls a unit's own codes or a channel, or the campaign as a whole.
CREATE TABLE campaigns.visits_of_week (
  campaign_id uuid NOT NULL REFERENCES campaigns.campaign,
  group_name text NOT NULL,
  ends_on date NOT NULL CHECK (extract(isodow FROM ends_on) = 7),
  visited bigint NOT NULL,
  automatic bigint NOT NULL,
  tests bigint NOT NULL,
  PRIMARY KEY (campaign_id, group_name, ends_on)
);

GRANT SELECT, INSERT ON campaigns.visits_of_week TO hjerteloeber_campaigns;

CREATE INDEX visits_by_day ON campaigns.visits (campaign_id, day);
