-- Complaints: who has marked an e-mail as spam, as their mail's provider tells whoever runs the mail server.

-- complained_at: when that was heard of; 0 for not. It is of the person, so that another address does not take it back.
alter table contacts add column complained_at bigint not null default 0;

-- Only those who did are in it.
create index contacts_complained on contacts (workspace_id, complained_at, id) where complained_at <> 0;
