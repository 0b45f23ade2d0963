//! The page of how one is told, and the bell of every page.

mod bell;
mod devices;
mod page;
mod permission;
mod quiet;

pub use bell::{Bell, listen};
pub use page::NotificationsPage;

/// The address of the page.
pub const PATH: &str = "/settings/notifications";
