-- Companies that became one, and messages to many people of a company.

-- merged_into (from before): the company that answers for this one. merged_at: since when, 0 for not merged.
alter table companies add column merged_at bigint not null default 0;
create index companies_by_merged on companies (workspace_id, merged_into) where merged_into > 0;

-- One message to some or all people of a company, each of whom gets a conversation of their own.
-- client_id: made by the page, so that a repeated press is one message; digest: SHA-256 of the text and of whom it is
-- for, so that another message under the same id is refused.
-- body: Markdown with variables, emptied once everybody has it: from then on it stands in the conversations alone.
-- company_id: from whose page it was written. author_id: the teammate.
create table group_messages (
    workspace_id bigint not null,
    id bigint not null,
    client_id text not null,
    digest text not null,
    company_id bigint not null,
    author_id bigint not null,
    body text not null,
    created_at bigint not null,
    primary key (workspace_id, id),
    unique (workspace_id, client_id)
);
