-- accepted-count: how many events were accepted since {since}, Unix ms.
SELECT count() AS ids
FROM events
WHERE disposition = 'accepted' AND ingested_at >= fromUnixTimestamp64Milli({since: Int64})
