-- dismissed-since: which rejected events were dismissed behind a position, and where that stands.
SELECT epoch, seq, settles
FROM events
WHERE stream = {stream: String}
  AND epoch >= {epoch: UInt64}
  AND (epoch, seq) > ({epoch: UInt64}, {seq: UInt64})
  AND type = 'rejection.dismissed'
  AND settles != ''
