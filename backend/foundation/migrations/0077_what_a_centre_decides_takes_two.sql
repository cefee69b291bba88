-- How far one goes alone by hand, who acknowledges, and which neighbour helps: asked for by one at the centre and approved
-- by another, at the console. Rows are ended and added, never changed; and only with an approval of that very moment.
ALTER TABLE identity.approval DROP CONSTRAINT approval_kind_check;
ALTER TABLE identity.approval ADD CONSTRAINT approval_kind_check CHECK (kind IN (
  'area_alert', 'policy_change', 'export', 'freeze_client', 'unfreeze_client', 'by_hand_limit', 'attention_rule',
  'overflow', 'overflow_end'));

GRANT INSERT, UPDATE (valid) ON attention.rule, attention.agreement, incidents.by_hand_limit TO hjerteloeber_api;

CREATE POLICY two_decide ON incidents.by_hand_limit FOR INSERT TO hjerteloeber_api
  WITH CHECK (centre_id = (SELECT foundation.centre()) AND EXISTS (
    SELECT FROM identity.approval a
    WHERE a.centre_id = by_hand_limit.centre_id AND a.kind = 'by_hand_limit' AND a.state = 'approved'
      AND a.decided_at = lower(by_hand_limit.valid) AND by_hand_limit.author = 'approval ' || a.id));
CREATE POLICY two_decide ON attention.rule FOR INSERT TO hjerteloeber_api
  WITH CHECK (centre_id = (SELECT foundation.centre()) AND EXISTS (
    SELECT FROM identity.approval a
    WHERE a.centre_id = rule.centre_id AND a.kind = 'attention_rule' AND a.state = 'approved'
      AND a.decided_at = lower(rule.valid) AND rule.author = 'approval ' || a.id));
CREATE POLICY two_decide ON attention.agreement FOR INSERT TO hjerteloeber_api
  WITH CHECK (centre_id = (SELECT foundation.centre()) AND EXISTS (
    SELECT FROM identity.approval a
    WHERE a.centre_id = agreement.centre_id AND a.kind = 'overflow' AND a.state = 'approved'
      AND a.decided_at = lower(agreement.valid) AND agreement.author = 'approval ' || a.id));

CREATE POLICY two_end ON incidents.by_hand_limit FOR UPDATE TO hjerteloeber_api
  USING (centre_id = (SELECT foundation.centre()))
  WITH CHECK (centre_id = (SELECT foundation.centre()) AND (isempty(valid) OR EXISTS (
    SELECT FROM identity.approval a
    WHERE a.centre_id = by_hand_limit.centre_id AND a.kind = 'by_hand_limit' AND a.state = 'approved'
      AND a.decided_at = upper(by_hand_limit.valid))));
CREATE POLICY two_end ON attention.rule FOR UPDATE TO hjerteloeber_api
  USING (centre_id = (SELECT foundation.centre()))
  WITH CHECK (centre_id = (SELECT foundation.centre()) AND EXISTS (
    SELECT FROM identity.approval a
    WHERE a.centre_id = rule.centre_id AND a.kind = 'attention_rule' AND a.state = 'approved'
      AND a.decided_at = upper(rule.valid)));
CREATE POLICY two_end ON attention.agreement FOR UPDATE TO hjerteloeber_api
  USING (centre_id = (SELECT foundation.centre()))
  WITH CHECK (centre_id = (SELECT foundation.centre()) AND EXISTS (
    SELECT FROM identity.approval a
    WHERE a.centre_id = agreement.centre_id AND a.kind IN ('overflow', 'overflow_end') AND a.state = 'approved'
      AND a.decided_at = upper(agreement.valid)));

-- The neighbour sees what was agreed about it.
CREATE POLICY neighbour ON attention.agreement FOR SELECT TO hjerteloeber_api
  USING (to_id = (SELECT foundation.centre()));
