-- The place in a dispatch system's own words, sealed as the place is: told again it is no news, and takes back nothing that
-- somebody corrected since. NULL: no system has told one (an alarm by hand, or from before this).
ALTER TABLE incidents.incident_place ADD COLUMN told_sealed bytea;
