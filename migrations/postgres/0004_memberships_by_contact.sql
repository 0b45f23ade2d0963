-- Whose companies: asked for every entry of the log. Without it SQLite reads every membership of the workspace,
-- 2.1 s a group of 500 entries at 20,000 people, because the index by company holds all columns that are asked for.
create index memberships_by_contact on memberships (workspace_id, contact_id, left_at, company_id);
