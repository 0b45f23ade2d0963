-- What notes are found by: the different words of their text without its signs, folded, at most 40 characters each and 2,000 a note;
-- of scripts without spaces each character with the three after it. Notes about people and companies and those of conversations
-- have numbers of one row. A deleted note has none. Texts that are older than this table are written down by a job.
create table note_words (
    workspace_id bigint not null,
    word text not null,
    note_id bigint not null,
    primary key (workspace_id, word, note_id)
);
create index note_words_by_note on note_words (workspace_id, note_id, word);
insert into sqlite_stat1 (tbl, idx, stat) values
    ('note_words', 'sqlite_autoindex_note_words_1', '10000000 10000000 50 1'),
    ('note_words', 'note_words_by_note', '10000000 10000000 25 1');
analyze sqlite_schema;
