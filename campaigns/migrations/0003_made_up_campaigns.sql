-- A campaign that shows how things work: whatever shows it says that its numbers are not real.
ALTER TABLE campaigns.campaign ADD COLUMN made_up boolean NOT NULL DEFAULT false;
