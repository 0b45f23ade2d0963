-- What a save of a segment started from, so that of two who edit it at once the later one is told.

-- version: goes up by one when its name or rule changes. updated_by: who changed it last; 0 for nobody.
alter table segments add column version bigint not null default 1;
alter table segments add column updated_by bigint not null default 0;
