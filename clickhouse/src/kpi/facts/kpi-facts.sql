-- kpi-facts: how far the desk had come by the newest stored change, how many messages of the feed could not be read and when they
-- arrived, what came too late to move figures of the range, and which events were rejected while it lasted, or say that they happened then;
-- rejected_from and _to: when, in the range; rejected_before: at any time before its end. All but what is late comes from projections.
SELECT
    newest.1 AS floor_epoch,
    newest.2 AS floor_seq,
    newest.3 AS floor_at,
    unreadable,
    unreadable_from,
    unreadable_to,
    late,
    rejected,
    rejected_from,
    rejected_to,
    rejected_before
FROM
(
    SELECT
        (max((floor_epoch, floor_seq)).1, max((floor_epoch, floor_seq)).2, argMax(floor_at, (floor_epoch, floor_seq))) AS newest,
        countIf(kind = 'unreadable') AS unreadable,
        minIf(ingested_at, kind = 'unreadable') AS unreadable_from,
        maxIf(ingested_at, kind = 'unreadable') AS unreadable_to
    FROM ticket_changes
    WHERE stream = 'TICKETS'
) AS floors,
(
    SELECT count() AS late
    FROM ticket_changes
    WHERE indexHint(ingested_at >= {from: DateTime64(3, 'UTC')} - toIntervalDay(2) AND last_at >= {from: DateTime64(3, 'UTC')} AND first_at < {to: DateTime64(3, 'UTC')})
      AND late_until >= {from: DateTime64(3, 'UTC')}
      AND late_at < {to: DateTime64(3, 'UTC')}
      AND toUnixTimestamp64Milli(late_at) > 0
) AS lateness,
(
    SELECT
        sumIf(waiting, arrived_then OR happened_then) AS rejected,
        minIf(place, arrived_then OR happened_then) AS rejected_from,
        maxIf(place, arrived_then OR happened_then) AS rejected_to,
        sumIf(waiting, arrived < {to: DateTime64(3, 'UTC')}
            OR toUnixTimestamp64Milli(happened) > 0 AND happened < {to: DateTime64(3, 'UTC')}) AS rejected_before
    FROM
    (
        SELECT
            arrived,
            happened,
            waiting,
            arrived >= {from: DateTime64(3, 'UTC')} AND arrived < {to: DateTime64(3, 'UTC')} AS arrived_then,
            happened >= {from: DateTime64(3, 'UTC')} AND happened < {to: DateTime64(3, 'UTC')} AS happened_then,
            if(happened_then, toDateTime64(happened, 6, 'UTC'), arrived) AS place
        FROM
        (
            SELECT
                if(disposition = 'rejected', ingested_at, toDateTime64(0, 6, 'UTC')) AS arrived,
                if(disposition = 'rejected', time, toDateTime64(0, 3, 'UTC')) AS happened,
                count() AS waiting
            FROM events
            WHERE NOT match(if(disposition = 'rejected', type, ''), '^(customer|interaction|source)')
              AND if(disposition = 'rejected', ingested_at, toDateTime64(0, 6, 'UTC')) > toDateTime64(0, 6, 'UTC')
            GROUP BY arrived, happened
        )
    )
) AS rejections
