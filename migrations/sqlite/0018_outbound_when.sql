-- Outbound: when a message may arrive, for which companies, at what pace, and what people want to hear of.

-- hours: when it may arrive: empty for at any time, 'office' for the office hours of the Messenger, or JSON: hours of the week, each
-- {"day": 0 for Monday to 6, "from": minutes of the day, "to": minutes of the day}. zone: whose hours: 'workspace' or 'person'.
-- per_company: 1 where each person gets it once for each company of theirs, 0 for once.
-- type_id: the type of subscription that it belongs to, 0 for none in particular.
alter table messages add column hours text not null default '';
alter table messages add column zone text not null default 'workspace';
alter table messages add column per_company bigint not null default 0;
alter table messages add column type_id bigint not null default 0;

-- held_until: it waits at least until then, for hours or a limit (reason says for which), 0 for nothing.
-- paced_at: the minute, counted from 1970, in which it has a place among the e-mails of that minute; 0 for none.
alter table deliveries add column held_until bigint not null default 0;
alter table deliveries add column paced_at bigint not null default 0;
create index deliveries_seen on deliveries (workspace_id, message_id) where seen_at > 0;
create index deliveries_replied on deliveries (workspace_id, message_id) where replied_at > 0;
create index deliveries_unsubscribed on deliveries (workspace_id, message_id) where unsubscribed_at > 0;

-- per_company: as of the message whose audience it is.
alter table segments add column per_company bigint not null default 0;

-- For which company of theirs somebody is in the audience of a message that goes out once for each.
create table audience_companies (
    workspace_id bigint not null,
    segment_id bigint not null,
    contact_id bigint not null,
    company_id bigint not null,
    primary key (workspace_id, segment_id, contact_id, company_id)
);

-- How many e-mails have a place in a minute (counted from 1970): domain is where they go, empty for all together.
create table mail_minutes (
    workspace_id bigint not null,
    domain text not null,
    minute bigint not null,
    n bigint not null,
    primary key (workspace_id, domain, minute)
);

-- What e-mails are about, as people choose. consent: 'opt_out' (whoever has not said no gets them) or 'opt_in' (only who has said yes).
-- archived_at: 0 for in use.
create table subscription_types (
    workspace_id bigint not null,
    id bigint not null,
    name text not null,
    name_key text not null,
    description text not null,
    consent text not null,
    archived_at bigint not null default 0,
    created_by bigint not null,
    created_at bigint not null,
    primary key (workspace_id, id)
);

-- What somebody has said: wanted is 1 or 0; changed_by: the teammate, 0 for themselves.
create table subscriptions (
    workspace_id bigint not null,
    contact_id bigint not null,
    type_id bigint not null,
    wanted bigint not null,
    changed_at bigint not null,
    changed_by bigint not null,
    primary key (workspace_id, contact_id, type_id)
);
