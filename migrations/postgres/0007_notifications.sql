-- How each teammate wants to be told of news. Who has no row is told by sound and notification of everything in the inbox.

-- sound, browser: 1 for a sound, and for notifications of browsers that are allowed to show them.
-- about: 'inbox' for what people write anywhere, 'mine' for what they write in the teammate's own conversations, both
-- with notes that name the teammate; 'nothing'.
-- quiet: 1 while quiet hours are kept. quiet_from, quiet_to: minutes since midnight; an end that is not later than the
-- beginning is on the next day. quiet_days: on which days they begin, bit 0 for Monday to bit 6 for Sunday.
-- time_zone: the IANA zone of these times, '' for the workspace's.
create table notifications (
    workspace_id bigint not null,
    teammate_id bigint not null,
    sound bigint not null,
    browser bigint not null,
    about text collate "C" not null,
    quiet bigint not null,
    quiet_from bigint not null,
    quiet_to bigint not null,
    quiet_days bigint not null,
    time_zone text collate "C" not null,
    updated_at bigint not null,
    primary key (workspace_id, teammate_id)
);

-- What was written since a number, without a look at everything else that happened.
create index activity_written on activity (workspace_id, seq) where kind in ('message_received', 'conversation_noted');
