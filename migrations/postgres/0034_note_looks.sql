-- Who has had a note on the screen, and at: when they last did. Written at most once a minute for each of them and each note; what
-- is shown of it is who saw the note last.
create table note_looks (
    workspace_id bigint not null,
    note_id bigint not null,
    teammate_id bigint not null,
    at bigint not null,
    primary key (workspace_id, note_id, teammate_id)
);
