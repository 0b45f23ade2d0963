-- Outbound: what people do with the e-mails that they get.

-- measured: 1 where its e-mails have a picture that tells of opening and links that tell of clicks, 0 where they go out without.
alter table messages add column measured bigint not null default 1;
update messages set measured = 0 where state = 'stopped';

-- opened_at, opens: when a person had the e-mail on their screen first, and how often. machine_opened_at, machine_opens: the same for
-- programs that load its pictures without anybody looking. clicked_at, clicks: when a link of it was followed first, and how often. 0 for not yet.
alter table deliveries add column opened_at bigint not null default 0;
alter table deliveries add column opens bigint not null default 0;
alter table deliveries add column machine_opened_at bigint not null default 0;
alter table deliveries add column machine_opens bigint not null default 0;
alter table deliveries add column clicked_at bigint not null default 0;
alter table deliveries add column clicks bigint not null default 0;

-- Each number is counted, listed in the order of people, and drawn by day from an index alone.
create index deliveries_sent on deliveries (workspace_id, message_id, contact_id, sent_at) where state = 'sent';
create index deliveries_opened on deliveries (workspace_id, message_id, contact_id, opened_at) where opened_at > 0;
create index deliveries_machine_opened on deliveries (workspace_id, message_id, contact_id) where machine_opened_at > 0 and opened_at = 0;
create index deliveries_clicked on deliveries (workspace_id, message_id, contact_id, clicked_at) where clicked_at > 0;
drop index deliveries_seen;
create index deliveries_seen on deliveries (workspace_id, message_id, contact_id, seen_at) where seen_at > 0;
drop index deliveries_replied;
create index deliveries_replied on deliveries (workspace_id, message_id, contact_id, replied_at) where replied_at > 0;
drop index deliveries_unsubscribed;
create index deliveries_unsubscribed on deliveries (workspace_id, message_id, contact_id, unsubscribed_at) where unsubscribed_at > 0;
