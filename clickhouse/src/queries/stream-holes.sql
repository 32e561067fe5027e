-- stream-holes: ranges of one epoch without a first row, from position {first} to its last row. A full read of it: only asked when counts differ.
SELECT previous + 1 AS from_seq, seq - 1 AS to_seq
FROM
(
    SELECT seq, lagInFrame(seq, 1, toUInt64({first: UInt64} - 1)) OVER (ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS previous
    FROM {table: Identifier}
    WHERE stream = {stream: String} AND epoch = {epoch: UInt64} AND seq <= {last: UInt64} AND idx = 0
)
WHERE seq > previous + 1
ORDER BY from_seq
LIMIT 10000
