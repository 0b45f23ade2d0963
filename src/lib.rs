//! Rapport: a self-hosted customer inbox built on profiles.
//!
//! A tour, in reading order: [`error`], [`id`] and [`time`] are the words that everything
//! speaks; [`app`] has the routes; [`teammates`] and [`teams`] are who works here; [`contacts`] is who is known
//! and [`attributes`] what their product says of them;
//! [`tags`], [`notes`] and [`stream`] are what is said and shown of them, [`segments`] the rules that hold for them;
//! [`conversations`] is what is said with them, [`attachments`] the files that come with it, [`replies`] what is said often, [`outbound`] what goes out by itself; [`live`] keeps open pages true, [`alerts`] tells of news;
//! [`people`] and [`companies`] are found in [`lists`];
//! [`messenger`] is where customers talk with the team from their own pages;
//! [`ui`] has parts without product knowledge; `workspace` and `tracking` are how a workspace
//! begins and how a product's data arrives; `rest` is the public API; [`webhooks`] tell the customer's own programs; `import` reads files; `demo` makes customers up;
//! `backup` keeps everything in one file and moves it; `server` holds what only the server has; `words` makes enumerations of words.

#![recursion_limit = "256"]

pub mod alerts;
pub mod answers;
pub mod app;
pub mod attachments;
pub mod attributes;
pub mod audit;
#[cfg(feature = "ssr")]
pub mod backup;
pub mod companies;
pub mod contacts;
pub mod conversations;
#[cfg(feature = "ssr")]
pub mod demo;
pub mod error;
#[cfg(feature = "hydrate")]
mod hydrate;
pub mod id;
pub mod import;
pub mod jobs;
pub mod lists;
pub mod live;
pub mod messenger;
pub mod notes;
pub mod outbound;
pub mod owner;
pub mod people;
pub mod replies;
#[cfg(feature = "ssr")]
pub mod rest;
pub mod segments;
#[cfg(feature = "ssr")]
pub mod server;
pub mod stream;
pub mod tags;
pub mod teammates;
pub mod teams;
pub mod time;
#[cfg(feature = "ssr")]
pub mod tracking;
pub mod ui;
pub mod webhooks;
mod words;
pub mod workspace;
