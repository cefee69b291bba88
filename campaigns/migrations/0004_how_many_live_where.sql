-- How many people lived in a region or municipality on 1 January of a year: what numbers are compared by.
CREATE TABLE campaigns.inhabitants (
  code text NOT NULL,
  year integer NOT NULL,
  people integer NOT NULL CHECK (people >= 1),
  PRIMARY KEY (code, year)
);
GRANT SELECT, INSERT ON campaigns.inhabitants TO hjerteloeber_campaigns;
GRANT UPDATE (people) ON campaigns.inhabitants TO hjerteloeber_campaigns;
