-- changes: rows of ticket_changes that may count between from and to, with the dimensions in force after the change.
FROM ticket_changes
WHERE indexHint(ingested_at >= {from: DateTime64(3, 'UTC')} - toIntervalDay(2) AND last_at >= {from: DateTime64(3, 'UTC')} AND first_at < {to: DateTime64(3, 'UTC')})
  AND %filters%
