-- flow-today: events since {from} by disposition, by the time they reached the stream. Read from projection by_minute: days of any zone
-- begin with a minute. Asked only where they do not begin with a day of UTC. Erased rows have no source any more (erase-sources.ts).
SELECT disposition, count() AS events
FROM events
WHERE toStartOfMinute(ingested_at) >= toDateTime({from: String}, 'UTC') AND source != ''
GROUP BY disposition
