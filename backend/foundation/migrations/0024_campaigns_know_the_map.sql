-- Names and borders of regions and municipalities, which a campaign's numbers are shown on.
GRANT USAGE ON SCHEMA regions TO hjerteloeber_campaigns;
GRANT SELECT ON regions.area TO hjerteloeber_campaigns;
