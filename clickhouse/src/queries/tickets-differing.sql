-- tickets-differing: tickets whose current row is not their newest change, of all changes up to position ({epoch}, {seq}). A current row
-- from beyond it is newer than this look.
SELECT
    if(expected.ticket_id = '', found.ticket_id, expected.ticket_id) AS ticket,
    expected.newest AS expected_version,
    found.version AS found_version,
    count() OVER () AS total
FROM
(
    SELECT
        ticket_id,
        max(bitShiftLeft(toUInt128(epoch), 32) + version) AS place,
        max(version) AS newest,
        argMax(
            cityHash64(seq, kind, at, known, source, channel, status, priority, team, team_name, assignee, customer_id, tags, open_after, created_at,
                updated_at, changed_at, first_replied_at, solved_at, reopens, replies, deleted_at, merged_into, sealed),
            bitShiftLeft(toUInt128(epoch), 32) + version
        ) AS state
    FROM ticket_changes
    WHERE kind NOT IN ('floor', 'unreadable') AND (epoch, seq) <= ({epoch: UInt64}, {seq: UInt64})
    GROUP BY ticket_id
) AS expected
FULL OUTER JOIN
(
    SELECT
        ticket_id, rank, version, epoch, seq,
        cityHash64(seq, kind, at, known, source, channel, status, priority, team, team_name, assignee, customer_id, tags, open, created_at,
            updated_at, changed_at, first_replied_at, solved_at, reopens, replies, deleted_at, merged_into, sealed) AS state
    FROM tickets FINAL
) AS found ON found.ticket_id = expected.ticket_id
WHERE (found.epoch, found.seq) <= ({epoch: UInt64}, {seq: UInt64}) AND (found.rank != expected.place OR found.state != expected.state)
ORDER BY ticket
LIMIT 20
