-- Who wrote in a note: several who write in it at once are named together, where who typed last was named alone before.

-- together: everybody who wrote in a text since the one before it, who typed last first, as a JSON list of their numbers. Empty
-- where one alone did, as in all that was written before: that one is `teammate_id` here, and `edited_by` or the author there.
alter table note_versions add column together text not null default '';
alter table notes add column together text not null default '';
alter table parts add column together text not null default '';

-- Who is named in a note of a conversation is told by mail as well, as in notes about people and companies.
-- by_id: who named them; 0 for a program, and for one who is not known. mail_at: when they are told by mail unless they have looked
-- before; 0 for no more.
alter table mentions add column by_id bigint not null default 0;
alter table mentions add column mail_at bigint not null default 0;
-- Whom a mail is due to.
create index mentions_to_mail on mentions (mail_at) where mail_at > 0;
