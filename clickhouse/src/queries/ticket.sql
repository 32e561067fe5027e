-- ticket: current rows whose desk id is {id}, or ends in it as a source's own id; at most {limit}. For that every id is read, and no other column.
SELECT ticket_id, version, source, channel, status, priority, team, team_name, assignee, customer_id, tags, open, created_at, updated_at,
       changed_at, first_replied_at, solved_at, reopens, replies, deleted_at, merged_into, sealed
FROM tickets FINAL
WHERE known AND ticket_id IN
(
    SELECT ticket_id
    FROM tickets
    WHERE ({whole: UInt8} = 1 AND ticket_id = {id: String})
       OR ({whole: UInt8} = 0 AND substring(ticket_id, position(ticket_id, '~') + 1) = {id: String})
)
ORDER BY ticket_id
LIMIT {limit: UInt32}
