-- open-tickets-since: by how much the number of open tickets changed by rows from position `beginning` of the feed on, until the end of
-- the range: what open-tickets says of rows, for whoever knows what was open before. Two moves a row, even where nothing moves.
FROM ticket_changes
ARRAY JOIN [
    ({edges: Array(Int64)}[1], %by%, assignee = '', toInt64(%filters%) * (toInt64(created = 1 AND created_at < {to: DateTime64(3, 'UTC')}) + toInt64(open_after = 1 AND at < {to: DateTime64(3, 'UTC')}))),
    ({edges: Array(Int64)}[1], %by_before%, assignee_before = '', -toInt64((%filters_before%) AND open_before = 1 AND at < {to: DateTime64(3, 'UTC')}))
] AS move
WHERE stream = 'TICKETS'
  AND epoch >= beginning.1
  AND (epoch > beginning.1 OR seq >= beginning.2)
