-- event-dispositions: what ingest made of the events of these messages, and whose they are, as far as it has come.
SELECT epoch, seq, idx, source, disposition, reason, ingested_at AS received_at
FROM events
WHERE stream = {stream: String}
  AND epoch IN {epochs: Array(UInt64)}
  AND seq IN {seqs: Array(UInt64)}
  AND idx IN {idxs: Array(UInt32)}
