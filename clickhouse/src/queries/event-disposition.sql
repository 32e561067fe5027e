-- event-disposition: what the ledger decided about the event at one position; no row until ingest has stored it.
SELECT disposition
FROM events
WHERE stream = {stream: String} AND epoch = {epoch: UInt64} AND seq = {seq: UInt64} AND idx = {idx: UInt32}
LIMIT 1
