-- aggregate-projections: the aggregate projections of a table that some part of it has, with the query that each one answers.
SELECT name, query, sorting_key AS keys
FROM system.projections
WHERE database = currentDatabase() AND table = {table: String} AND type = 'Aggregate'
    AND name IN (SELECT name FROM system.projection_parts WHERE database = currentDatabase() AND table = {table: String} AND active)
ORDER BY name
