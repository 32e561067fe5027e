-- open-tickets-listed: the tickets behind backlog and unassigned: those that are open in the cohort now, less what their changes since
-- the end did to that. Each change leaves with the dimensions before and enters with those after, so nothing before the end is read.
FROM
(
    SELECT ticket_id, sum(change) AS open
    FROM
    (
        SELECT ticket_id, toInt64((%filters%) AND ({unassigned_only: UInt8} = 0 OR assignee = '')) AS change
        FROM tickets FINAL
        WHERE tickets.open = 1 AND ticket_id > {after_ticket: String}
        UNION ALL
        SELECT
            ticket_id,
            ((%filters_before%) AND ({unassigned_only: UInt8} = 0 OR assignee_before = '')) * toInt64(open_before)
                - ((%filters%) AND ({unassigned_only: UInt8} = 0 OR assignee = ''))
                * (toInt64(open_after) + toInt64(created = 1 AND created_at >= {to: DateTime64(3, 'UTC')})) AS change
        FROM ticket_changes
        WHERE indexHint(ingested_at >= {to: DateTime64(3, 'UTC')} - toIntervalDay(2) AND last_at >= {to: DateTime64(3, 'UTC')})
          AND at >= {to: DateTime64(3, 'UTC')}
          AND ticket_id > {after_ticket: String}
    )
    WHERE change != 0
    GROUP BY ticket_id
    HAVING open > 0
)
