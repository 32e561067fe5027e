-- csat: of ratings given in the range, scores 4 and 5; at the rating, under the ticket's dimensions then.
-- Source: Zendesk "% Satisfaction score", good / (good + bad). Over ratings.
given_at AS counted_at,
true AS counts,
toFloat64(score >= 4) AS value,
0. AS business_value
