//! Every test of the server, each store test on SQLite and on PostgreSQL.

#![allow(clippy::unwrap_used, missing_docs)]

mod support;

mod accounts;
mod alerts;
mod attachments;
mod audit;
mod commands;
mod companies;
mod conversations;
mod database;
mod demo;
mod edges;
mod erasure;
mod identities;
mod import;
mod inbox;
mod init;
mod markup;
mod messenger;
mod notes;
mod operate;
mod outsider;
mod people;
mod presence;
mod profile;
mod rest_attributes;
mod rest_common;
mod rest_companies;
mod rest_contacts;
mod rest_events;
mod rest_notes;
mod rest_search;
mod rest_tags;
mod sending;
mod sessions;
mod settings;
mod start;
mod stop;
mod tags;
mod team;
mod teammates;
mod thread;
mod tracking;
