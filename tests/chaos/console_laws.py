"""What must hold of the console's tables between any two transactions: each row a broken promise, as a sentence."""

CONSOLE_LAWS = """
    SELECT 'over, and something about it still goes out: ' || m.what || ' of ' || a.id AS broken
    FROM alerts.alert a JOIN delivery.message m ON m.subject_id = a.id AND m.what IN ('ring', 'revision', 'word')
    WHERE a.state NOT IN ('ringing', 'accepted') AND m.stopped_at IS NULL
    UNION ALL
    SELECT 'a wish for more was done twice: ' || (facts ->> 'request') FROM foundation.journal_entry
    WHERE event = 'asked_more' GROUP BY incident_id, facts ->> 'request' HAVING count(*) > 1
    UNION ALL
    SELECT 'a word only in the journal: ' || said::text FROM (
      SELECT (facts ->> 'alert')::uuid, (facts ->> 'request')::uuid, event = 'told'
      FROM foundation.journal_entry WHERE event IN ('told', 'said')
      EXCEPT SELECT alert_id, id, from_centre FROM responses.word) said
    UNION ALL
    SELECT 'a word not in the journal: ' || kept::text FROM (
      SELECT alert_id, id, from_centre FROM responses.word
      EXCEPT SELECT (facts ->> 'alert')::uuid, (facts ->> 'request')::uuid, event = 'told'
      FROM foundation.journal_entry WHERE event IN ('told', 'said')) kept
    UNION ALL
    SELECT 'a word written down twice: ' || (facts ->> 'request') FROM foundation.journal_entry
    WHERE event IN ('told', 'said') GROUP BY event, facts ->> 'alert', facts ->> 'request' HAVING count(*) > 1
    UNION ALL
    SELECT 'a word told that no message brings: ' || (j.facts ->> 'request') FROM foundation.journal_entry j
    WHERE j.event = 'told' AND j.facts ->> 'carried' IS NULL AND NOT EXISTS (
      SELECT FROM delivery.message m WHERE m.subject_id = (j.facts ->> 'alert')::uuid AND m.what = 'word'
        AND m.content ->> 'word_id' = j.facts ->> 'request')
    UNION ALL
    SELECT 'a word queued twice for one alert: ' || (content ->> 'word_id') FROM delivery.message
    WHERE what = 'word' GROUP BY subject_id, content ->> 'word_id' HAVING count(*) > 1
    UNION ALL
    SELECT 'a word carried on, and lost: ' || w.id || ' of ' || w.alert_id
    FROM responses.word w JOIN alerts.alert a ON a.id = w.alert_id AND a.state = 'accepted'
    WHERE w.from_centre AND NOT EXISTS (
      SELECT FROM delivery.message m WHERE m.subject_id = w.alert_id AND m.content ->> 'word_id' = w.id::text)
      AND NOT EXISTS (
        SELECT FROM delivery.message m JOIN delivery.delivery d ON d.message_id = m.id
        JOIN delivery.receipt r ON r.delivery_id = d.id
        WHERE m.volunteer_id = a.volunteer_id AND m.content ->> 'word_id' = w.id::text)
    UNION ALL
    SELECT 'what needs a person and its line in the journal differ: ' || coalesce(i.incident_id, j.incident_id)
    FROM (SELECT incident_id, count(*) AS raised, count(acknowledged_at) AS taken FROM attention.item
          WHERE incident_id IS NOT NULL GROUP BY incident_id) i
    FULL JOIN (
      SELECT incident_id, count(*) FILTER (WHERE event = 'attention_needed') AS raised,
             count(*) FILTER (WHERE event = 'attention_taken') AS taken
      FROM foundation.journal_entry WHERE incident_id IS NOT NULL AND event IN ('attention_needed', 'attention_taken')
      GROUP BY incident_id) j ON j.incident_id = i.incident_id
    WHERE i.raised IS DISTINCT FROM j.raised OR i.taken IS DISTINCT FROM j.taken
    UNION ALL
    SELECT 'lent without an end, or longer than agreed: ' || g.id FROM regions.access g
    WHERE g.why = 'agreement' AND (upper(g.valid) IS NULL OR NOT EXISTS (
      SELECT FROM attention.agreement a WHERE a.centre_id = g.centre_id AND a.to_id = g.acting_id
        AND upper(g.valid) - lower(g.valid) <= a.lends_for_s * interval '1 second'))
    UNION ALL
    SELECT 'lent and not in the journal, or the other way round' FROM (
      SELECT (SELECT count(*) FROM regions.access WHERE why = 'agreement') AS lent,
             (SELECT count(*) FROM foundation.journal_entry WHERE event = 'lent') AS told) both_of
    WHERE lent <> told
    UNION ALL
    SELECT 'a second person was called twice for ' || incident_id FROM foundation.journal_entry
    WHERE event = 'second_person_asked' GROUP BY incident_id HAVING count(*) > 1
    UNION ALL
    SELECT 'called and not in the journal, or the other way round: ' || called::text FROM (
      (SELECT incident_id FROM incidents.by_hand WHERE above <> '{}'
       EXCEPT SELECT incident_id FROM foundation.journal_entry WHERE event = 'second_person_asked')
      UNION ALL
      (SELECT incident_id FROM foundation.journal_entry WHERE event = 'second_person_asked'
       EXCEPT SELECT incident_id FROM incidents.by_hand WHERE above <> '{}')) called
    UNION ALL
    SELECT 'one page made two alarms: ' || key FROM incidents.request_key
    GROUP BY client_id, key HAVING count(DISTINCT incident_id) > 1
"""
