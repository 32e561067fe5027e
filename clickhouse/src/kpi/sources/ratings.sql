-- ratings: one row for each rating of a row that may count between from and to.
FROM
(
    SELECT ticket_id, version * 1000 + place_in_row AS version, given_at, score, team, priority, channel, source, assignee
    FROM ticket_changes
    ARRAY JOIN rating_at AS given_at, rating AS score, arrayEnumerate(rating) AS place_in_row
    WHERE indexHint(ingested_at >= {from: DateTime64(3, 'UTC')} - toIntervalDay(2) AND last_at >= {from: DateTime64(3, 'UTC')} AND first_at < {to: DateTime64(3, 'UTC')})
      AND notEmpty(rating_at)
      AND %filters%
)
