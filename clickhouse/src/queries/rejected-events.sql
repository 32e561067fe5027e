-- rejected-events: rejected events before a place, newest first, with what settled them. Of the other rows only the disposition is read.
SELECT stream, epoch, seq, idx, toString(toUnixTimestamp64Micro(received)) AS received_us, received AS received_at, time, source, type, id, reason, settled_at, settled_type, settled_disposition
FROM
(
    SELECT stream, epoch, seq, idx, ingested_at AS received, time, source, type, id, reason
    FROM events
    WHERE disposition = 'rejected'
      AND ({source: String} = '' OR source = {source: String})
      AND ({reason: String} = '' OR reason = {reason: String})
      AND ({all: UInt8} = 1 OR concat(stream, '.', toString(epoch), '.', toString(seq), '.', toString(idx)) NOT IN (SELECT settles FROM events WHERE settles != '' GROUP BY settles))
      AND ingested_at <= fromUnixTimestamp64Micro({before_us: Int64}, 'UTC')
      AND (ingested_at < fromUnixTimestamp64Micro({before_us: Int64}, 'UTC') OR (epoch, seq, idx) < ({before_epoch: UInt64}, {before_seq: UInt64}, {before_idx: UInt64}))
    ORDER BY ingested_at DESC, epoch DESC, seq DESC, idx DESC
    LIMIT {limit: UInt32}
) AS rejected
LEFT JOIN
(
    SELECT settles, min(ingested_at) AS settled_at, argMin(type, ingested_at) AS settled_type, toString(argMin(disposition, ingested_at)) AS settled_disposition
    FROM events
    WHERE settles != ''
    GROUP BY settles
) AS settled ON settled.settles = concat(stream, '.', toString(epoch), '.', toString(seq), '.', toString(idx))
ORDER BY received DESC, epoch DESC, seq DESC, idx DESC
