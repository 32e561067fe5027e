-- reopened: transitions out of solved or closed, each at its event time; deletion and merging are none.
-- Source: Zendesk "Reopens". Over changes.
at AS counted_at,
reopened = 1 AS counts,
1. AS value,
0. AS business_value
