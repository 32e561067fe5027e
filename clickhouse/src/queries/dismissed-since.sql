-- dismissed-since: which rejected events were dismissed behind a position, and where that stands. Read from projection settled.
SELECT place.1 AS epoch, place.2 AS seq, settles
FROM
(
    SELECT settles, min((epoch, seq)) AS place, argMin(type, ingested_at) AS how
    FROM events
    WHERE settles != ''
    GROUP BY settles
)
WHERE how = 'rejection.dismissed' AND place > ({epoch: UInt64}, {seq: UInt64})
