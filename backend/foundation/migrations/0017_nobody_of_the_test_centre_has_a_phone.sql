-- A trial of a dispatch system rings nobody, whatever a statement says: of kind test there is only the app's own stream.
ALTER TABLE volunteers.address ADD CONSTRAINT test_people_have_no_phone CHECK (kind <> 'test' OR channel = 'in_app');
