-- A look at candidates writes down some two hundred people of whom twenty are asked. The foreign key to each of them locked
-- their row, which is a write: to pages all over the country, whole ones after a checkpoint. Measured among 100,000
-- volunteers right after one: 2.1 MB of WAL an alarm with its stand-down, 1.2 MB without this key.
--
-- Nothing leans on it: the ids come from the volunteers' own table in the same transaction, a volunteer's row is never
-- deleted (erasing leaves a bare one), and a person's rows here are forgotten by name (selection.forget_candidate).
-- Whoever is asked has an alert, and that keeps its key.
ALTER TABLE selection.candidate DROP CONSTRAINT candidate_volunteer_id_fkey;
