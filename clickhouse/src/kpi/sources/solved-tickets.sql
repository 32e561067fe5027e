-- solved-tickets: tickets with a solve between from and to, and whether any such solve was undone since, however late. A ticket
-- counts once for each group and bucket in which it was solved, and once in the whole.
FROM
(
    SELECT ticket_id, max(version) AS version, max(solve_at) AS last_solve_at,
           max((ticket_id, solve_at) IN
           (
               SELECT ticket_id, reopened_solve_at
               FROM ticket_changes
               WHERE indexHint(ingested_at >= {from: DateTime64(3, 'UTC')} - toIntervalDay(2) AND last_at >= {from: DateTime64(3, 'UTC')} AND first_at < {to: DateTime64(3, 'UTC')})
                 AND reopened = 1
                 AND reopened_solve_at >= {from: DateTime64(3, 'UTC')}
                 AND reopened_solve_at < {to: DateTime64(3, 'UTC')}
           )) AS reopened_since,
           %by% AS group_key,
           %bucket of solve_at% AS solve_bucket,
           %is_whole% AS is_whole
    FROM ticket_changes
    WHERE indexHint(ingested_at >= {from: DateTime64(3, 'UTC')} - toIntervalDay(2) AND last_at >= {from: DateTime64(3, 'UTC')} AND first_at < {to: DateTime64(3, 'UTC')})
      AND solved = 1
      AND solve_at >= {from: DateTime64(3, 'UTC')}
      AND solve_at < {to: DateTime64(3, 'UTC')}
      AND %filters%
    GROUP BY %ticket_id, solve_bucket%
)
