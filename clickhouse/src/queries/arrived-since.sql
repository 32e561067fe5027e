-- arrived-since: how many rows of any disposition each of {sources} has behind its own position, heartbeats not counted, nor one
-- row of each message that settles an event which was rejected, and so counted, under the same source.
-- Read in the order of the table, from the lowest of these positions on.
WITH indexOf({sources: Array(String)}, source) AS place
SELECT
    source,
    count() - uniqExactIf((epoch, seq), settles != '' AND (settles, source) IN
    (
        SELECT concat(stream, '.', toString(epoch), '.', toString(seq), '.', toString(idx)), source
        FROM events
        WHERE stream = {stream: String} AND disposition = 'rejected'
    )) AS arrived
FROM events
WHERE stream = {stream: String}
  AND epoch >= arrayMin({epochs: Array(UInt64)})
  AND place > 0
  AND type != 'source.heartbeat'
  AND (epoch, seq, idx) > ({epochs: Array(UInt64)}[place], {seqs: Array(UInt64)}[place], {idxs: Array(UInt64)}[place])
GROUP BY source
