-- full_resolution_time: creation to the last solve in the range that was not reopened before its end, at that solve.
-- Source: Zendesk, https://support.zendesk.com/hc/en-us/articles/4408834848154. Over resolved-tickets.
solve_at AS counted_at,
true AS counts,
resolution_s AS value,
resolution_business_s AS business_value
