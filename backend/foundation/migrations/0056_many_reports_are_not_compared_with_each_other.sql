-- PostgreSQL plans for ten in an array whose length it cannot know, and compared everybody in a batch with everybody who
-- was kept: of a thousand a million times. What is asked by IN is looked up in a table of hashes, however many there are.
-- Nothing else is different from 0053.

-- The function is its owner's to change, and so for a moment somebody's who is that owner.
DO $$
BEGIN
  IF NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN
    EXECUTE format('GRANT hjerteloeber_across TO %I', current_user);
  END IF;
END $$;

CREATE OR REPLACE FUNCTION locations.keep_newest(
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
    SELECT s.volunteer_id, s.active, s.location_consent, s.mission, p.measured_at,
      s.volunteer_id IN (SELECT k.volunteer_id FROM kept k), s.volunteer_id IN (SELECT h.volunteer_id FROM hidden h)
    FROM sent s
    LEFT JOIN LATERAL (
      SELECT p.measured_at FROM locations.position p WHERE p.volunteer_id = s.volunteer_id LIMIT 1) p ON true;
  END $$;

DO $$
BEGIN
  IF NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN
    EXECUTE format('REVOKE hjerteloeber_across FROM %I', current_user);
  END IF;
END $$;
