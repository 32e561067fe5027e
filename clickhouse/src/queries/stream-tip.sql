-- stream-tip: the newest epoch of a stream, its last position, the end of a recorded gap behind that, and the newest epoch of which
-- rows were withdrawn.
SELECT
    epoch,
    last_seq,
    greatest(last_seq, (SELECT max(to_seq) FROM gaps WHERE stream = {stream: String} AND gaps.epoch = (SELECT max(epoch) FROM {table: Identifier} WHERE stream = {stream: String}))) AS committed_seq,
    (SELECT max(epoch) FROM withdrawals WHERE stream = {stream: String}) AS over_epoch
FROM
(
    SELECT epoch, max(seq) AS last_seq
    FROM {table: Identifier}
    WHERE stream = {stream: String}
    GROUP BY stream, epoch
    ORDER BY epoch DESC
    LIMIT 1
) AS newest
