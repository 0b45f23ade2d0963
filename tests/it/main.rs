//! Every test of the server, each store test on SQLite and on PostgreSQL.

#![allow(clippy::unwrap_used, missing_docs)]

mod support;

mod audit;
mod conversations;
mod database;
mod erasure;
mod identities;
mod import;
mod init;
mod messenger;
mod notes;
mod people;
mod profile;
mod rest_attributes;
mod rest_common;
mod rest_companies;
mod rest_contacts;
mod rest_events;
mod rest_notes;
mod rest_search;
mod rest_tags;
mod sessions;
mod start;
mod tags;
mod team;
mod teammates;
mod tracking;
