-- Who wrote in a note: several who write in it at once are named together, where who typed last was named alone before.

-- together: everybody who wrote in a text since the one before it, who typed last first, as a JSON list of their numbers. Empty
-- where one alone did, as in all that was written before: that one is `teammate_id` here, and `edited_by` or the author there.
alter table note_versions add column together text collate "C" not null default '';
alter table notes add column together text collate "C" not null default '';
alter table parts add column together text collate "C" not null default '';
