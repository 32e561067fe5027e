-- created: tickets opened in the range, each at its created_at, with the dimensions first known of it. A ticket first seen solved counts too.
-- Source: Zendesk Explore "Tickets created". Over changes.
created_at AS counted_at,
created = 1 AS counts,
1. AS value,
0. AS business_value
