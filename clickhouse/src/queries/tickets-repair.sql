-- tickets-repair: inserts the newest change of every ticket whose current row is missing or older.
INSERT INTO tickets
SELECT
    ticket_id, epoch, seq, version, kind, at, known, source, channel, status, priority, team, team_name, assignee, customer_id, tags,
    open_after AS open, created_at, updated_at, changed_at, first_replied_at, solved_at, reopens, replies, deleted_at, merged_into, sealed
FROM ticket_changes
WHERE kind NOT IN ('floor', 'unreadable')
    AND (ticket_id, bitShiftLeft(toUInt128(epoch), 32) + version) IN
    (
        SELECT newest.ticket_id, newest.place
        FROM
        (
            SELECT ticket_id, max(bitShiftLeft(toUInt128(epoch), 32) + version) AS place
            FROM ticket_changes
            WHERE kind NOT IN ('floor', 'unreadable')
            GROUP BY ticket_id
        ) AS newest
        LEFT JOIN (SELECT ticket_id, max(rank) AS place FROM tickets GROUP BY ticket_id) AS held ON held.ticket_id = newest.ticket_id
        WHERE held.place < newest.place
    )
