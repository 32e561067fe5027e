-- open-tickets-beginning: a position of the feed before which everything lies before the end of the range: that of the first row that
-- counts later, else of the last one. Behind every row where none is recent: nothing is worth knowing by position then.
SELECT multiIf(count() = 0, (0xFFFFFFFFFFFFFFFF, toUInt64(0)), countIf(is_later) > 0, minIf((epoch, seq), is_later), max((epoch, seq)))
FROM
(
    SELECT epoch, seq, last_at >= {to: DateTime64(3, 'UTC')} AS is_later
    FROM ticket_changes
    WHERE stream = 'TICKETS'
      AND indexHint(ingested_at >= {to: DateTime64(3, 'UTC')} - toIntervalDay(2))
)
