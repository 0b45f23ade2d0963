-- Notes of conversations are written in by several at once, as those of people and companies are: such a part has its document
-- and its history in `note_documents`, `note_updates` and `note_versions` under its own number, which no note has.

-- version: goes up by one with each text that takes the place of another. edited_by: who wrote the newest, 0 for the author.
alter table parts add column version bigint not null default 1;
alter table parts add column edited_by bigint not null default 0;
update parts set version = 2, edited_by = author_id where kind = 'note' and edited_at > 0;

-- Notes of conversations by their number alone.
create index parts_noted on parts (workspace_id, id) where kind = 'note';
