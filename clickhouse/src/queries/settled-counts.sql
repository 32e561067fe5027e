-- settled-counts: how many rejected events of each source and reason were mended or dismissed. Names come from projection settled, their rows by primary key.
SELECT source, reason, count() AS settled
FROM events
WHERE stream = {stream: String}
  AND (epoch, seq, idx) IN
  (
      SELECT toUInt64(place[2]), toUInt64(place[3]), toUInt32(place[4])
      FROM (SELECT splitByChar('.', settles) AS place FROM events WHERE settles != '' GROUP BY settles)
      WHERE place[1] = {stream: String}
  )
  AND disposition = 'rejected'
GROUP BY source, reason
