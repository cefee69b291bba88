-- Old rows are sealed and old states are told apart (0027 to 0035): whoever filled them reads people and places no more.
-- What stays is `hjerteloeber keys rotate`: wrapping data keys anew, and hashing phones anew, which takes their kind; 0035
-- says what of a person that may read.
REVOKE ALL ON volunteers.volunteer, incidents.incident_place, delivery.bare_address FROM hjerteloeber_backfill;
GRANT SELECT (id, kind) ON volunteers.volunteer TO hjerteloeber_backfill;
