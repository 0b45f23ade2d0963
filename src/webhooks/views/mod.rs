//! The page of webhooks.

mod chosen;
mod log;
mod page;
mod row;

pub use page::WebhooksPage;
