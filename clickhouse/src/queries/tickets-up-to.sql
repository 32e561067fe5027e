-- tickets-up-to: tickets in the order of their ids behind {after}, whose newest change lies at or before position ({epoch}, {seq}).
SELECT ticket_id AS id
FROM tickets FINAL
WHERE (epoch, seq) <= ({epoch: UInt64}, {seq: UInt64}) AND ticket_id > {after: String}
ORDER BY ticket_id
LIMIT {limit: UInt32}
