-- How many companies stand how is counted at each look at their list: along an index that has nothing else, and all that is asked (SQLite looks at a row for what a partial index only promises).
create index companies_by_standing on companies (workspace_id, health, merged_into, archived_at) where merged_into = 0 and archived_at = 0;
