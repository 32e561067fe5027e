-- causes-wrong: causes between two positions of EVENTS that are no accepted event, or that changed one ticket more than once.
SELECT ticket_id AS ticket, cause_seq AS seq, cause_idx AS idx, uses, accepted, count() OVER () AS total
FROM
(
    SELECT
        ticket_id,
        cause_seq,
        cause_idx,
        count() AS uses,
        (cause_seq, cause_idx) IN
        (
            SELECT seq, idx
            FROM events
            WHERE stream = 'EVENTS' AND epoch = {epoch: UInt64} AND seq BETWEEN {from: UInt64} AND {to: UInt64} AND disposition = 'accepted'
                AND (seq, idx) IN
                (
                    SELECT cause_seq, cause_idx
                    FROM ticket_changes
                    WHERE cause_epoch = {epoch: UInt64} AND cause_seq BETWEEN {from: UInt64} AND {to: UInt64}
                )
        ) AS accepted
    FROM ticket_changes
    WHERE cause_epoch = {epoch: UInt64} AND cause_seq BETWEEN {from: UInt64} AND {to: UInt64}
    GROUP BY ticket_id, cause_seq, cause_idx
)
WHERE uses > 1 OR accepted = 0
ORDER BY seq, idx, ticket
LIMIT 20
