-- gap-neighbours: when the messages beside each gap reached their stream. By position, which is the key of the table.
SELECT stream, epoch, seq, min(ingested_at) AS arrived_at
FROM {table: Identifier}
WHERE (stream, epoch, seq) IN
(
    SELECT stream, epoch, toUInt64(from_seq - 1) FROM gaps WHERE stream = {stream: String} AND from_seq > 1
    UNION ALL
    SELECT stream, epoch, toUInt64(to_seq + 1) FROM gaps WHERE stream = {stream: String}
)
GROUP BY stream, epoch, seq
