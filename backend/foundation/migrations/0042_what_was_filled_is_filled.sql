-- Old rows are sealed and old states are told apart (0027 to 0035): whoever filled them reads people and places no more.
-- What stays is wrapping data keys anew (`hjerteloeber keys rotate`), which reads nothing but keys.
REVOKE ALL ON volunteers.volunteer, volunteers.volunteer_identity, incidents.incident_place, delivery.bare_address
  FROM hjerteloeber_backfill;
REVOKE ALL (id, kind) ON volunteers.volunteer FROM hjerteloeber_backfill;
