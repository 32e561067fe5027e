-- changes-out-of-order: tickets whose versions, up to position ({epoch}, {seq}), are not 1..n each once. Where positions of TICKETS are recorded
-- as gone, versions may be missing; that none is missing otherwise is what the ledger's balance proves.
SELECT ticket_id AS ticket, count() AS changes, groupBitmap(version) AS versions, max(version) AS newest, count() OVER () AS total
FROM ticket_changes
WHERE kind NOT IN ('floor', 'unreadable') AND (epoch, seq) <= ({epoch: UInt64}, {seq: UInt64})
GROUP BY ticket_id
HAVING changes != versions OR min(version) = 0 OR (versions != newest AND (SELECT count() FROM gaps WHERE stream = 'TICKETS') = 0)
ORDER BY ticket
LIMIT 20
