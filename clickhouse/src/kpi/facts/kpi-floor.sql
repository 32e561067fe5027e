-- kpi-floor: how far the desk had come by the newest stored change. Read from a projection.
SELECT newest.1 AS floor_epoch, newest.2 AS floor_seq, newest.3 AS floor_at
FROM
(
    SELECT (max((floor_epoch, floor_seq)).1, max((floor_epoch, floor_seq)).2, argMax(floor_at, (floor_epoch, floor_seq))) AS newest
    FROM ticket_changes
    WHERE stream = 'TICKETS'
)
