-- Who has had a note on the screen, and at: when they last did. Written at most once a minute for each of them and each note; what
-- is shown of it is who saw the note last.
create table note_looks (
    workspace_id bigint not null,
    note_id bigint not null,
    teammate_id bigint not null,
    at bigint not null,
    primary key (workspace_id, note_id, teammate_id)
);
-- Five teammates have seen each note (see 0027).
insert into sqlite_stat1 (tbl, idx, stat) values
    ('note_looks', 'sqlite_autoindex_note_looks_1', '500000 500000 5 1');
analyze sqlite_schema;
