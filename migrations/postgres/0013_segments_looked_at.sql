-- paused_at: when somebody stopped the finding out that is under way; 0 for no.
alter table segments add column paused_at bigint not null default 0;

-- One in a hundred, always the same, by which the number of those for whom a rule holds is estimated. Numbers are given out
-- in steps of the same length, so that their remainder alone would choose all or nobody; times 7919 it runs through
-- all that a prime number has.
create index contacts_sampled on contacts (workspace_id, id) where id % 1000003 * 7919 % 1000003 < 10000;
create index companies_sampled on companies (workspace_id, id) where id % 1000003 * 7919 % 1000003 < 10000;
