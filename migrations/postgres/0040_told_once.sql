-- Who was told that a note of a conversation names them: once for a note, however often their name goes and comes back. Who named
-- them, and when, and what is known of whether they looked at it: as it was told, and as it stood when their name last went. What
-- stands in `mentions` meanwhile is newer.
-- seen_at: 0 until they have looked. mail_at: when they were to be told by mail, 0 for no more.
create table mentions_told (
    workspace_id bigint not null,
    part_id bigint not null,
    teammate_id bigint not null,
    by_id bigint not null,
    created_at bigint not null,
    seen_at bigint not null default 0,
    mail_at bigint not null default 0,
    primary key (workspace_id, part_id, teammate_id)
);
insert into mentions_told (workspace_id, part_id, teammate_id, by_id, created_at)
    select workspace_id, part_id, teammate_id, by_id, created_at from mentions;
