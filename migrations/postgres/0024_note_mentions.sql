-- Who is named with @ in a note of a person or a company.
-- name: as they were called when it was written; it stays theirs when they call themselves otherwise.
-- by_id: who named them last, 0 for a program or for one who is not known. times: how often the text names them now.
-- lost: how many of their names went from the text lately, and lost_at: when the last of them did; what comes back soon
-- after was moved, and is not told again.
-- created_at: when they were named last. seen_at: 0 until they have looked.
-- mail_at: when they are told by mail unless they have looked before; 0 for no more.
create table note_mentions (
    workspace_id bigint not null,
    note_id bigint not null,
    teammate_id bigint not null,
    name text collate "C" not null,
    by_id bigint not null,
    times bigint not null,
    lost bigint not null default 0,
    lost_at bigint not null default 0,
    created_at bigint not null,
    seen_at bigint not null default 0,
    mail_at bigint not null default 0,
    primary key (workspace_id, note_id, teammate_id)
);
create index note_mentions_by_time on note_mentions (workspace_id, teammate_id, created_at, note_id);
-- Whom a mail is due to.
create index note_mentions_to_mail on note_mentions (mail_at) where mail_at > 0;
-- What teammates are told of while they are elsewhere.
create index activity_mentions on activity (workspace_id, seq) where kind = 'note_mentioned';
