-- An operator's commands verify the journal and list what there is; what they may write stands with each room.
GRANT SELECT ON ALL TABLES IN SCHEMA foundation, identity, regions, volunteers, delivery, locations, aeds, incidents, selection,
  alerts, responses TO hjerteloeber_owner;
-- Which policy is in force is an operator's decision (hjerteloeber policy use), written into the journal.
GRANT INSERT, UPDATE ON selection.policy, selection.policy_in_force TO hjerteloeber_owner;
