//! Every test of the server, each store test on SQLite and on PostgreSQL.

#![allow(clippy::unwrap_used, missing_docs)]

mod support;

mod database;
mod erasure;
mod identities;
mod import;
mod init;
mod notes;
mod people;
mod sessions;
mod tags;
mod teammates;
mod tracking;
