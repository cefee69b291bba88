-- What operations pages count, as figures: how addresses are doing, and who could be reached. By columns: no address, no
-- cell, no device of anybody's; what is shown of it is counts of five or more.
GRANT SELECT (volunteer_id, kind, channel, health) ON volunteers.address TO hjerteloeber_stats;
GRANT SELECT (volunteer_id, seen_at, available) ON locations.position TO hjerteloeber_stats;
CREATE POLICY figures ON volunteers.address FOR SELECT TO hjerteloeber_stats USING (true);
CREATE POLICY figures ON locations.position FOR SELECT TO hjerteloeber_stats USING (true);
