-- first-arrivals: when the first message that each epoch still has reached its stream, microseconds. By position, which is the key of the table.
SELECT stream, epoch, toUnixTimestamp64Micro(min(ingested_at)) AS first_at_us
FROM {table: Identifier}
WHERE (stream, epoch, seq) IN (SELECT stream, epoch, min(seq) FROM {table: Identifier} GROUP BY stream, epoch)
GROUP BY stream, epoch
