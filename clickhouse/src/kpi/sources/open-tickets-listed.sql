-- open-tickets-listed: the tickets behind backlog and unassigned: those whose changes before the end leave them open in the cohort.
FROM
(
    SELECT ticket_id, sum(change) AS open
    FROM
    (
        SELECT
            ticket_id,
            (%filters%) AND ({unassigned_only: UInt8} = 0 OR assignee = '') AS counts_after,
            (%filters_before%) AND ({unassigned_only: UInt8} = 0 OR assignee_before = '') AS counts_before,
            counts_after * toInt64(created = 1 AND created_at < {to: DateTime64(3, 'UTC')})
                + (at < {to: DateTime64(3, 'UTC')}) * (counts_after * toInt64(open_after) - counts_before * toInt64(open_before)) AS change
        FROM ticket_changes
        WHERE first_at < {to: DateTime64(3, 'UTC')} AND ticket_id > {after_ticket: String}
    )
    WHERE change != 0
    GROUP BY ticket_id
    HAVING open > 0
)
