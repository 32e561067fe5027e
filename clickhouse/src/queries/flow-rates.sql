-- flow-rates: events of each source in the last {seconds} seconds before {at}, by the time they reached the stream.
SELECT source, count() AS events
FROM events
WHERE ingested_at > toDateTime64({at: String}, 6, 'UTC') - toIntervalSecond({seconds: UInt32}) AND reason != 'erased'
GROUP BY source
