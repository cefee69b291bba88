-- The place in each dispatch system's own words, by its log-in, sealed as the place is: told again it is no news, and takes
-- back nothing that was corrected since. NULL: no system has told one (an alarm by hand, or from before this).
ALTER TABLE incidents.incident_place ADD COLUMN told_sealed bytea;
