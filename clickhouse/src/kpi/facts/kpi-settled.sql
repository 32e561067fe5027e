-- kpi-settled: how many of the rejected events that kpi-facts counts are settled, as far as the desk had come ({floor_epoch}, {floor_seq}):
-- what it has not applied yet is in no figure. Only asked where there are rejected events.
SELECT
    countIf(ingested_at >= {from: DateTime64(3, 'UTC')} AND ingested_at < {to: DateTime64(3, 'UTC')}
        OR time >= {from: DateTime64(3, 'UTC')} AND time < {to: DateTime64(3, 'UTC')}) AS settled,
    countIf(ingested_at < {to: DateTime64(3, 'UTC')}
        OR toUnixTimestamp64Milli(time) > 0 AND time < {to: DateTime64(3, 'UTC')}) AS settled_before
FROM events
WHERE stream = 'EVENTS'
  AND (epoch, seq, idx) IN
  (
      SELECT toUInt64(place[2]), toUInt64(place[3]), toUInt32(place[4])
      FROM
      (
          SELECT splitByChar('.', settles) AS place
          FROM events
          WHERE settles != ''
          GROUP BY settles
          HAVING min((epoch, seq)) <= ({floor_epoch: UInt64}, {floor_seq: UInt64})
      )
      WHERE place[1] = 'EVENTS'
  )
  AND disposition = 'rejected'
  AND NOT match(type, '^(customer|interaction|source)')
