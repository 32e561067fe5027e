-- rejected-sources: under which source each of these rejected events stands in the ledger.
SELECT epoch, seq, idx, source
FROM events
WHERE stream = {stream: String}
  AND epoch IN {epochs: Array(UInt64)}
  AND seq IN {seqs: Array(UInt64)}
  AND idx IN {idxs: Array(UInt32)}
  AND disposition = 'rejected'
