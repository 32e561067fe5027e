-- next_reply_time: oldest unanswered public customer message after the first reply to the next public agent message, at that message.
-- Source: https://support.zendesk.com/hc/en-us/articles/4408829459866. Over changes.
next_reply_at AS counted_at,
toUnixTimestamp64Milli(next_reply_at) > 0 AS counts,
next_reply_s AS value,
next_reply_business_s AS business_value
