-- reopen_rate: of tickets solved in the range, those of which such a solve was undone since; at the last solve.
-- Source: Zendesk "% Reopened tickets". Over solved-tickets.
last_solve_at AS counted_at,
true AS counts,
toFloat64(reopened_since) AS value,
0. AS business_value
