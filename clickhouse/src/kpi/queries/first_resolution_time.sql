-- first_resolution_time: creation to the first solve, at that solve.
-- Source: Zendesk, https://support.zendesk.com/hc/en-us/articles/4408834848154. Over changes.
first_resolution_at AS counted_at,
toUnixTimestamp64Milli(first_resolution_at) > 0 AS counts,
first_resolution_s AS value,
first_resolution_business_s AS business_value
