-- Notes that several people type in at once. A note gets its document when it is first opened to be written in; until
-- then it is its text in `notes.body` alone.
-- state: everything up to update number `folded`, in Yjs' update format (version 1). last: the newest update's number.
-- projected: up to which update `notes.body` has been written.
create table note_documents (
    workspace_id bigint not null,
    note_id bigint not null,
    state blob not null,
    folded bigint not null,
    last bigint not null,
    projected bigint not null,
    primary key (workspace_id, note_id)
);
-- What a process that stopped left unwritten.
create index note_documents_behind on note_documents (workspace_id, note_id) where projected < last;

-- Updates of a document that are not folded into its state yet, numbered without gaps.
-- teammate_id: who typed, 0 for a program. data: one update in Yjs' format (version 1).
create table note_updates (
    workspace_id bigint not null,
    note_id bigint not null,
    n bigint not null,
    teammate_id bigint not null,
    at bigint not null,
    data blob not null,
    primary key (workspace_id, note_id, n)
);

-- Texts that a note had: written when the next version takes its place. What was typed from such a text merges with what
-- came after it. teammate_id: whose save it was, 0 for a program. at: when it was saved.
-- kept: 1 for a step of the note's history, 0 for one that goes after a day.
create table note_versions (
    workspace_id bigint not null,
    note_id bigint not null,
    version bigint not null,
    body text not null,
    teammate_id bigint not null,
    at bigint not null,
    kept bigint not null,
    primary key (workspace_id, note_id, version)
);
