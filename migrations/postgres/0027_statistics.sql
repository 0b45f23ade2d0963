-- PostgreSQL gathers what it plans by itself (autovacuum); SQLite is told in the migration of this name.
select 1;
