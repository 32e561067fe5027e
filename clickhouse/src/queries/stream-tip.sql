-- stream-tip: the newest epoch of a stream, its last position, and the newest epoch of which rows were withdrawn.
SELECT
    epoch,
    max(seq) AS last_seq,
    (SELECT max(epoch) FROM withdrawals WHERE stream = {stream: String}) AS over_epoch
FROM {table: Identifier}
WHERE stream = {stream: String}
GROUP BY stream, epoch
ORDER BY epoch DESC
LIMIT 1
