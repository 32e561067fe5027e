-- stream-marks: JetStream times of the last {limit} stored positions at or below {seq}, newest first: they identify the stream.
SELECT seq, toUnixTimestamp64Micro(ingested_at) AS ingested_at_us, toUnixTimestamp64Micro(stream_created) AS stream_created_us
FROM {table: Identifier}
WHERE stream = {stream: String} AND epoch = {epoch: UInt64} AND seq <= {seq: UInt64} AND idx = 0
ORDER BY stream DESC, epoch DESC, seq DESC, idx DESC
LIMIT {limit: UInt32}
