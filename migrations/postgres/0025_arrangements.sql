-- How each teammate arranges the sections beside a conversation and on a profile.

-- sections: their words in the order in which they stand, with commas between, a '-' before one that is folded:
-- 'about,companies,-notes'. One that it does not name stands at the end, open. Who has no row has the usual order.
create table arrangements (
    workspace_id bigint not null,
    teammate_id bigint not null,
    sections text collate "C" not null,
    updated_at bigint not null,
    primary key (workspace_id, teammate_id)
);
