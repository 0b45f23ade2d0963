-- Complaints: who has marked an e-mail as spam, as their mail's provider tells whoever runs the mail server.

-- complained_at: when that was heard of; 0 for not. It is of the person, so that another address does not take it back.
alter table contacts add column complained_at bigint not null default 0;

-- Only those who did are in it.
create index contacts_complained on contacts (workspace_id, complained_at, id) where complained_at <> 0;
-- The sample has what is asked of rows, and that is more now.
drop index contacts_asked_sampled;
create index contacts_asked_sampled on contacts (workspace_id, id, merged_into, archived_at, role, last_seen_at, signed_up_at,
    first_seen_at, created_at, last_contacted_at, last_heard_from_at, session_count, owner_id, unsubscribed, country_code,
    browser, browser_version, browser_language, language_override, os, utm_campaign, utm_content, utm_medium, utm_source, utm_term,
    name_key, email_key, external_key, phone, referrer, location, city_key, region_key, last_email_opened_at, last_email_clicked_at,
    bounced_at, complained_at) where id % 1000003 * 7919 % 1000003 < 10000;

-- As 0027 says: an index of a table with statistics brings its own.
delete from sqlite_stat1 where idx = 'contacts_asked_sampled';
insert into sqlite_stat1 (tbl, idx, stat) values
    ('contacts', 'contacts_complained', '1000 1000 2 1'),
    ('contacts', 'contacts_asked_sampled', '10000 10000 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1');
analyze sqlite_schema;
