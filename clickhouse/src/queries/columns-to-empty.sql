-- columns-to-empty: stored columns of a table with the values that mean "nothing", less those that are kept.
SELECT name, type
FROM system.columns
WHERE database = currentDatabase() AND table = {table: String} AND default_kind = '' AND name NOT IN {kept: Array(String)}
ORDER BY position
