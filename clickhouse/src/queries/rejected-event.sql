-- rejected-event: one rejected event, by its position, with what settled it.
SELECT stream, epoch, seq, idx, toString(toUnixTimestamp64Micro(received)) AS received_us, received AS received_at, time, source, type, id, reason, settled_at, settled_type, settled_disposition
FROM
(
    SELECT stream, epoch, seq, idx, ingested_at AS received, time, source, type, id, reason
    FROM events
    WHERE stream = {stream: String} AND epoch = {epoch: UInt64} AND seq = {seq: UInt64} AND idx = {idx: UInt64} AND disposition = 'rejected'
) AS rejected
LEFT JOIN
(
    SELECT settles, min(ingested_at) AS settled_at, argMin(type, ingested_at) AS settled_type, toString(argMin(disposition, ingested_at)) AS settled_disposition
    FROM events
    WHERE settles = {name: String}
    GROUP BY settles
) AS settled ON settled.settles = concat(stream, '.', toString(epoch), '.', toString(seq), '.', toString(idx))
