-- tickets-faces: version and face of these tickets as they are now.
SELECT ticket_id AS id, version, seq, status, priority, team, assignee
FROM tickets FINAL
WHERE ticket_id IN {ids: Array(String)}
