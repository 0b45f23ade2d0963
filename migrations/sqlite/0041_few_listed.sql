-- A list that comes as JSON is a few numbers, which SQLite looks up in the order that a statement says: here nothing changes.
select 1;
