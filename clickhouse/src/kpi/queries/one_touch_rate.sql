-- one_touch_rate: of resolved tickets with at least one public agent message, those with exactly one; at the solve.
-- Source: fivetran/dbt_zendesk is_one_touch_resolution. Over resolved-tickets.
solve_at AS counted_at,
agent_replies > 0 AS counts,
toFloat64(agent_replies = 1) AS value,
0. AS business_value
