-- What the list and the profile of companies show at a glance.

-- health: 'new', 'active', 'slipping_away', 'inactive' or 'never_seen'; '' until it is first looked at.
-- health_at: since when. health_due_at: the moment at which time alone may change it, 0 for never, 1 for at once.
-- last_seen_contact_id: who of its people was seen last, 0 for nobody. main_contact_id: whom to talk to first, 0 for nobody.
alter table companies add column health text collate "C" not null default '';
alter table companies add column health_at bigint not null default 0;
alter table companies add column health_due_at bigint not null default 1;
alter table companies add column last_seen_contact_id bigint not null default 0;
alter table companies add column main_contact_id bigint not null default 0;
update companies set last_seen_contact_id = coalesce((select max(m.contact_id) from memberships m join contacts p
    on p.workspace_id = m.workspace_id and p.id = m.contact_id where m.workspace_id = companies.workspace_id
    and m.company_id = companies.id and m.left_at = 0 and p.last_seen_at = companies.last_seen_at), 0) where last_seen_at > 0;
create index companies_by_health_due on companies (health_due_at, workspace_id, id) where health_due_at > 0;
-- One index for each order and filter of the list.
create index companies_by_health on companies (workspace_id, health, last_seen_at, id);
create index companies_by_spend on companies (workspace_id, coalesce(monthly_spend, -1e18), id);
create index companies_by_people on companies (workspace_id, user_count, id);
create index companies_by_sessions on companies (workspace_id, session_count, id);
create index companies_by_since on companies (workspace_id, coalesce(remote_created_at, 0), id);
create index companies_by_plan on companies (workspace_id, plan, last_seen_at, id) where plan is not null;

-- companies: how many companies the list holds: neither archived nor merged.
alter table workspace_seq add column companies bigint not null default 0;
update workspace_seq set companies = (select count(*) from companies where companies.workspace_id = workspace_seq.workspace_id
    and merged_into = 0 and archived_at = 0);

-- What a company is found by: the words of its name, its id and its website; folded, at most 60 characters each.
create table company_words (
    workspace_id bigint not null,
    word text collate "C" not null,
    company_id bigint not null,
    primary key (workspace_id, word, company_id)
);
create index company_words_by_company on company_words (workspace_id, company_id);

-- day: whole days since 1970-01-01 in UTC. How many sessions its people began on it while they were in it.
create table company_days (
    workspace_id bigint not null,
    company_id bigint not null,
    day bigint not null,
    sessions bigint not null,
    primary key (workspace_id, company_id, day)
);
insert into company_days (workspace_id, company_id, day, sessions)
    select m.workspace_id, m.company_id, s.started_at / 86400000, count(*) from memberships m
    join sessions s on s.workspace_id = m.workspace_id and s.contact_id = m.contact_id
    and s.started_at >= m.joined_at and (m.left_at = 0 or s.started_at < m.left_at)
    group by m.workspace_id, m.company_id, s.started_at / 86400000;
