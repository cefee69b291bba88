-- When somebody told that they are at the patient's place: nobody who is there is let go for a corrected position.
ALTER TABLE alerts.alert ADD COLUMN arrived_at timestamptz;
