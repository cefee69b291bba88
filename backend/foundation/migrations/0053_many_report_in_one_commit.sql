-- What phones report is gathered and committed together (backend.locations.gather): one transaction keeps the positions of
-- many people, so it can act for none of them. This function does what each of them may do with their own position, and
-- tells of each only what they may know of themselves.
--
-- Whoever's row somebody else holds for a second is given up: the others' positions go without it, then it is tried alone.
--
-- PL/pgSQL keeps the statement's plan for the session; a function in SQL would be planned with every call before
-- PostgreSQL 18.
CREATE FUNCTION locations.keep_newest(
    people uuid[], cells bigint[], cells_r9 bigint[], coarse_cells bigint[], coarse_cells_r9 bigint[], accuracies_m real[],
    measured timestamptz[], doubted_people uuid[], doubted_cells bigint[], at timestamptz)
  RETURNS TABLE (volunteer_id uuid, active boolean, location_consent boolean, mission uuid, known_since timestamptz,
                 kept boolean, hidden boolean)
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog SET lock_timeout = '1s'
  AS $$
  #variable_conflict use_column
  BEGIN
    RETURN QUERY
    WITH sent AS (
      SELECT s.volunteer_id, s.cell, s.cell_r9, s.coarse_cell, s.coarse_cell_r9, s.accuracy_m, s.measured_at,
        v.state = 'active' AS active, v.on_duty, v.coarse_position AS coarse, c.location_consent, c.alarms_consent,
        e.mission
      FROM unnest(people, cells, cells_r9, coarse_cells, coarse_cells_r9, accuracies_m, measured)
        AS s (volunteer_id, cell, cell_r9, coarse_cell, coarse_cell_r9, accuracy_m, measured_at)
      CROSS JOIN LATERAL (
        SELECT v.state, v.on_duty, v.coarse_position FROM volunteers.volunteer v WHERE v.id = s.volunteer_id LIMIT 1) v
      CROSS JOIN LATERAL (
        SELECT coalesce(bool_or(c.purpose = 'location'), false) AS location_consent,
               coalesce(bool_or(c.purpose = 'alarms'), false) AS alarms_consent
        FROM volunteers.consent c WHERE c.volunteer_id = s.volunteer_id AND c.withdrawn_at IS NULL) c
      LEFT JOIN LATERAL (
        SELECT e.incident_id AS mission FROM volunteers.engagement e
        WHERE e.volunteer_id = s.volunteer_id AND e.state = 'mission' LIMIT 1) e ON true),
    hidden AS (
      SELECT n.volunteer_id FROM unnest(doubted_people, doubted_cells) AS n (volunteer_id, cell)
      JOIN locations.blackout_cell b ON b.cell = n.cell AND NOT b.coarse
      JOIN locations.blackout_area a ON a.id = b.area_id AND a.valid @> at
      UNION
      SELECT s.volunteer_id FROM sent s
      JOIN locations.blackout_cell b ON b.cell = s.coarse_cell AND b.coarse
      JOIN locations.blackout_area a ON a.id = b.area_id AND a.valid @> at WHERE s.coarse),
    left_behind AS (
      DELETE FROM locations.position p USING sent s, hidden h
      WHERE h.volunteer_id = s.volunteer_id AND p.volunteer_id = s.volunteer_id AND p.measured_at <= s.measured_at),
    exact AS (
      DELETE FROM locations.mission_position m USING sent s, hidden h
      WHERE h.volunteer_id = s.volunteer_id AND m.volunteer_id = s.volunteer_id AND m.measured_at <= s.measured_at),
    kept AS (
      INSERT INTO locations.position AS p
        (volunteer_id, cell, cell_r9, accuracy_m, coarse, available, measured_at, seen_at)
      SELECT volunteer_id, CASE WHEN coarse THEN coarse_cell ELSE cell END,
        CASE WHEN coarse THEN coarse_cell_r9 ELSE cell_r9 END, accuracy_m, coarse, on_duty AND alarms_consent,
        measured_at, measured_at
      FROM sent WHERE active AND location_consent AND measured_at IS NOT NULL
        AND volunteer_id NOT IN (SELECT h.volunteer_id FROM hidden h)
      ORDER BY volunteer_id
      ON CONFLICT (volunteer_id) DO UPDATE
      SET cell = EXCLUDED.cell, cell_r9 = EXCLUDED.cell_r9, accuracy_m = EXCLUDED.accuracy_m,
        coarse = EXCLUDED.coarse, available = EXCLUDED.available, measured_at = EXCLUDED.measured_at,
        seen_at = greatest(p.seen_at, EXCLUDED.seen_at)
      WHERE p.measured_at < EXCLUDED.measured_at
      RETURNING p.volunteer_id)
    SELECT s.volunteer_id, s.active, s.location_consent, s.mission, p.measured_at, k.volunteer_id IS NOT NULL,
      h.volunteer_id IS NOT NULL
    FROM sent s
    LEFT JOIN hidden h ON h.volunteer_id = s.volunteer_id
    LEFT JOIN LATERAL (
      SELECT p.measured_at FROM locations.position p WHERE p.volunteer_id = s.volunteer_id LIMIT 1) p ON true
    LEFT JOIN kept k ON k.volunteer_id = s.volunteer_id;
  END $$;

GRANT SELECT (id, state, on_duty, coarse_position) ON volunteers.volunteer TO hjerteloeber_across;
GRANT SELECT (volunteer_id, purpose, withdrawn_at) ON volunteers.consent TO hjerteloeber_across;
GRANT SELECT (volunteer_id, incident_id, state) ON volunteers.engagement TO hjerteloeber_across;
GRANT SELECT ON locations.blackout_cell, locations.blackout_area TO hjerteloeber_across;
GRANT SELECT, INSERT, UPDATE, DELETE ON locations.position TO hjerteloeber_across;
GRANT SELECT (volunteer_id, measured_at), DELETE ON locations.mission_position TO hjerteloeber_across;
CREATE POLICY across ON volunteers.consent FOR SELECT TO hjerteloeber_across USING (true);
CREATE POLICY across ON volunteers.engagement FOR SELECT TO hjerteloeber_across USING (true);
CREATE POLICY across ON locations.position TO hjerteloeber_across USING (true);
CREATE POLICY across ON locations.mission_position TO hjerteloeber_across USING (true);

REVOKE ALL ON FUNCTION locations.keep_newest(
  uuid[], bigint[], bigint[], bigint[], bigint[], real[], timestamptz[], uuid[], bigint[], timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION locations.keep_newest(
  uuid[], bigint[], bigint[], bigint[], bigint[], real[], timestamptz[], uuid[], bigint[], timestamptz)
  TO hjerteloeber_api;

-- Giving a function away takes being a member of its new owner, for a moment.
DO $$
DECLARE
  above boolean := (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user);
BEGIN
  IF NOT above THEN
    EXECUTE format('GRANT hjerteloeber_across TO %I', current_user);
  END IF;
  GRANT CREATE ON SCHEMA locations TO hjerteloeber_across;
  ALTER FUNCTION locations.keep_newest(
    uuid[], bigint[], bigint[], bigint[], bigint[], real[], timestamptz[], uuid[], bigint[], timestamptz)
    OWNER TO hjerteloeber_across;
  REVOKE CREATE ON SCHEMA locations FROM hjerteloeber_across;
  IF NOT above THEN
    EXECUTE format('REVOKE hjerteloeber_across FROM %I', current_user);
  END IF;
END $$;
