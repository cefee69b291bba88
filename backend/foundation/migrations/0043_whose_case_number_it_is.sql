-- A case number is of the system that gives it. Where a centre's work has moved to another (regions.access), two systems
-- report as one centre, and case 17 of the one is not case 17 of the other: taken for one, the second arrest would be lost.
-- Whose numbering it is, where that is not the centre's own: the centre the reporting system was made for.
ALTER TABLE incidents.incident ADD COLUMN numbered_by uuid REFERENCES regions.dispatch_centre;
DROP INDEX incidents.one_open_case;
CREATE UNIQUE INDEX one_open_case ON incidents.incident (centre_id, coalesce(numbered_by, centre_id), kind, case_number)
  WHERE state <> 'ended';
