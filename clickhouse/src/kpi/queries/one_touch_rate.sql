-- one_touch_rate: of tickets with at least one public agent message before their last solve in the range, not reopened before its end,
-- those with exactly one; at that solve. Source: fivetran/dbt_zendesk, one public agent comment and solved or closed. Over resolved-tickets.
solve_at AS counted_at,
agent_replies > 0 AS counts,
toFloat64(agent_replies = 1) AS value,
0. AS business_value
