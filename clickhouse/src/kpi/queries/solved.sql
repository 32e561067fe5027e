-- solved: transitions into solved or closed from neither, each at its event time; a ticket may count more than once.
-- Source: Zendesk Explore "Tickets solved", as events. Over changes.
at AS counted_at,
solved = 1 AS counts,
1. AS value,
0. AS business_value
