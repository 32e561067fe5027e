-- flow-sources: counts of each source by disposition and reason, all-time and since the UTC day {today}, with its latest heartbeat.
-- Read from projection by_day, so the cost grows with days, not with events. Erased rows are of no source any more (erase-sources.ts).
SELECT
    source,
    disposition,
    reason,
    sum(rows_of_day) AS events,
    sumIf(rows_of_day, day >= {today: Date}) AS events_today,
    max(last_time) AS last_event_at,
    max(last_received) AS last_received_at,
    max(heartbeat) AS heartbeat_at,
    argMax(heartbeat_data, heartbeat) AS heartbeat_data
FROM
(
    SELECT
        toDate(ingested_at) AS day,
        source,
        disposition,
        reason,
        count() AS rows_of_day,
        max(time) AS last_time,
        max(ingested_at) AS last_received,
        maxIf(ingested_at, type = 'source.heartbeat') AS heartbeat,
        argMaxIf(data, ingested_at, type = 'source.heartbeat') AS heartbeat_data
    FROM events
    WHERE reason != 'erased'
    GROUP BY toDate(ingested_at), source, disposition, reason
)
GROUP BY source, disposition, reason
