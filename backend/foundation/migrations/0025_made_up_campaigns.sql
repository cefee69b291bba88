-- Only of a campaign that began as a made-up one may numbers be made up. It is said once, and no role may say it later.
ALTER TABLE recruitment.campaign ADD COLUMN made_up boolean NOT NULL DEFAULT false;
