-- kpi-facts: how far the desk had come by the newest stored change, what came too late to count in the range, and which events
-- were rejected while it lasted, or say that they happened then. The floor comes from a projection.
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
        WHERE disposition = 'rejected'
          AND NOT match(type, '^(customer|interaction|source)')
          AND (ingested_at >= {from: DateTime64(3, 'UTC')} AND ingested_at < {to: DateTime64(3, 'UTC')}
            OR time >= {from: DateTime64(3, 'UTC')} AND time < {to: DateTime64(3, 'UTC')})
    ) AS rejected
FROM
(
    SELECT (max((floor_epoch, floor_seq)).1, max((floor_epoch, floor_seq)).2, argMax(floor_at, (floor_epoch, floor_seq))) AS newest
    FROM ticket_changes
    WHERE stream = 'TICKETS'
)
