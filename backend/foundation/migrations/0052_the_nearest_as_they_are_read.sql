-- Who is near is read part by part (resolution 10), the nearest first: nobody further away than is needed is read at all,
-- however many live there. Farther out whole cells of resolution 9 are read by the same index. It takes the place of one by
-- resolution 9 alone, and whoever still asks for that is served by it as well. HOT as before, while nobody leaves a part.
CREATE INDEX position_by_part ON locations.position (cell_r9, cell) WHERE available;
CREATE INDEX fixed_place_by_part ON locations.fixed_place (cell_r9, cell) WHERE available;

-- Cells in turn, of each one part or, where none are told, all of it, up to that turn in which `at_least` can be asked.
-- `askable` is what they are counted by; water, which seldom matters, is left to whoever asked.
--
-- Planning this took longer than doing it. PL/pgSQL keeps the plan for the session, from the first call on and for any
-- number of cells. A plan is kept that was made while tables were empty, or never analysed; so it is made under settings
-- that leave one way only, by index and one look-up by key a person, whatever the planner believes about sizes.
--
-- Cells come WITH ORDINALITY: PostgreSQL knows that they come in that order, sorts nothing, and reads no turn more when
-- enough can be asked before it: what is counted is a run condition, as long as nothing in it is a query (tests/alarm/
-- test_new_connection.py counts look-ups). Each LATERAL ... LIMIT 1 is one look-up. Unknown land is null, and null is
-- false; where the patient's is unknown nobody's is looked up. An import of land is seen as a whole or not at all.
CREATE FUNCTION selection.available_in_turn(
    cells_r9 bigint[], parts bigint[], at_least int, of_kind foundation.kind, oldest timestamptz, minute_of_week int,
    at timestamptz, patient_cell bigint, patient_may_be bigint[])
  RETURNS TABLE (volunteer_id uuid, cell bigint, age_s int, from_place text, turn int, askable boolean, too_old boolean,
                 snoozed boolean, quiet boolean, engaged text, has_address boolean, over_water boolean)
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog SET plan_cache_mode = force_generic_plan
  SET enable_seqscan = off SET enable_bitmapscan = off SET enable_memoize = off SET jit = off
  AS $$
  #variable_conflict use_column
  BEGIN
    RETURN QUERY
    SELECT near.volunteer_id, near.cell, near.age_s, near.from_place, near.turn::int, near.askable, near.too_old,
      near.snoozed, near.quiet, near.engaged, near.has_address,
      coalesce(
        CASE WHEN (SELECT l.land FROM locations.land_cell l WHERE l.cell_r9 = patient_cell) IS NOT NULL THEN
          (SELECT l.land FROM locations.land_cell l WHERE l.cell_r9 = near.cell_r9) <> ALL (
            ARRAY(SELECT DISTINCT l.land FROM locations.land_cell l WHERE l.cell_r9 = ANY (patient_may_be))) END,
        false)
    FROM (
      SELECT known.*, count(*) FILTER (WHERE known.askable)
        OVER (ORDER BY known.turn GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS askable_before
      FROM (
        SELECT told.turn, here.volunteer_id, here.cell, here.cell_r9, here.age_s, here.from_place, here.too_old,
          v.snoozed, v.quiet, e.state AS engaged, a.healthy IS NOT NULL AS has_address,
          NOT (here.too_old OR v.snoozed OR v.quiet) AND e.state IS NULL AND a.healthy IS NOT NULL AS askable
        FROM unnest(cells_r9, parts) WITH ORDINALITY AS told (cell_r9, part, turn)
        CROSS JOIN LATERAL (
          SELECT p.volunteer_id, p.cell, p.cell_r9, extract(epoch FROM at - p.seen_at)::int AS age_s,
                 'live' AS from_place, p.seen_at < oldest AS too_old
          FROM locations.position p
          WHERE p.cell_r9 = told.cell_r9 AND p.available
            AND p.cell BETWEEN coalesce(told.part, 0) AND coalesce(told.part, 9223372036854775807)
          UNION ALL
          SELECT f.volunteer_id, f.cell, f.cell_r9, NULL, f.place, false
          FROM locations.fixed_place f
          WHERE f.cell_r9 = told.cell_r9 AND f.available
            AND f.cell BETWEEN coalesce(told.part, 0) AND coalesce(told.part, 9223372036854775807)) here
        CROSS JOIN LATERAL (
          SELECT coalesce(v.snoozed_until > at, false) AS snoozed, v.quiet_week @> minute_of_week AS quiet
          FROM volunteers.volunteer v
          WHERE v.id = here.volunteer_id AND v.kind = of_kind AND v.state = 'active' LIMIT 1) v
        LEFT JOIN LATERAL (
          SELECT true AS fresh FROM locations.position p
          WHERE here.from_place <> 'live' AND p.volunteer_id = here.volunteer_id AND p.seen_at >= oldest LIMIT 1) live
          ON true
        LEFT JOIN LATERAL (
          SELECT e.state FROM volunteers.engagement e WHERE e.volunteer_id = here.volunteer_id LIMIT 1) e ON true
        LEFT JOIN LATERAL (
          SELECT true AS healthy FROM volunteers.address a
          WHERE a.volunteer_id = here.volunteer_id AND a.health = 'healthy' LIMIT 1) a ON true
        WHERE live.fresh IS NULL) known) near
    WHERE near.askable_before < at_least;
  END $$;
REVOKE ALL ON FUNCTION selection.available_in_turn(
  bigint[], bigint[], int, foundation.kind, timestamptz, int, timestamptz, bigint, bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION selection.available_in_turn(
  bigint[], bigint[], int, foundation.kind, timestamptz, int, timestamptz, bigint, bigint[])
  TO hjerteloeber_api, hjerteloeber_worker;

-- Last, and at once: who reads positions waits from here until this migration commits.
DROP INDEX locations.position_by_cell;
DROP INDEX locations.fixed_place_by_cell;
