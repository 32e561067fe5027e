-- first_reply_time: creation to the first public agent message, at that message.
-- Source: Zendesk, https://support.zendesk.com/hc/en-us/articles/4408834848154. Over changes.
first_reply_at AS counted_at,
toUnixTimestamp64Milli(first_reply_at) > 0 AS counts,
first_reply_s AS value,
first_reply_business_s AS business_value
