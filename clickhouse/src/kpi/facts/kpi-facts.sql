-- kpi-facts: how far the desk had come by the newest stored change, what came too late to count in the range, and which events
-- were rejected while it lasted. Floor and rejections come from projections.
SELECT
    newest.1 AS floor_epoch,
    newest.2 AS floor_seq,
    newest.3 AS floor_at,
    (
        SELECT count()
        FROM ticket_changes
        WHERE ingested_at >= {from: DateTime64(3, 'UTC')} - toIntervalDay(2)
          AND last_at >= {from: DateTime64(3, 'UTC')}
          AND first_at < {to: DateTime64(3, 'UTC')}
          AND late_at >= {from: DateTime64(3, 'UTC')}
          AND late_at < {to: DateTime64(3, 'UTC')}
    ) AS late,
    (
        SELECT count()
        FROM events
        WHERE toStartOfMinute(ingested_at) >= toStartOfMinute({from: DateTime64(3, 'UTC')})
          AND toStartOfMinute(ingested_at) < {to: DateTime64(3, 'UTC')}
          AND disposition = 'rejected'
          AND NOT match(type, '^(customer|interaction|source)')
    ) AS rejected
FROM
(
    SELECT (max((floor_epoch, floor_seq)).1, max((floor_epoch, floor_seq)).2, argMax(floor_at, (floor_epoch, floor_seq))) AS newest
    FROM ticket_changes
    WHERE stream = 'TICKETS'
)
