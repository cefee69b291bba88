-- A copy of a person's data that a second person said yes to is fetched by whoever asked, once.
ALTER TABLE identity.approval ADD COLUMN fetched_at timestamptz CHECK (fetched_at IS NULL OR state = 'approved');
GRANT UPDATE (fetched_at) ON identity.approval TO hjerteloeber_api;
