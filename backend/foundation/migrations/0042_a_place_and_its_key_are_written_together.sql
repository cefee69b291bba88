-- Place and key are written by one statement, which does not see the place it is writing: the key goes by its own centre.
CREATE POLICY centre ON incidents.data_key TO hjerteloeber_api, hjerteloeber_worker, hjerteloeber_owner
  USING (centre_id = (SELECT foundation.centre()));
