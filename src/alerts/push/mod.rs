//! Telling browsers while no page of Rapport is open in them (Web Push, RFC 8030).

mod devices;
mod key;
mod message;
mod send;
mod watch;

pub use devices::{add, list, remove, renew};
pub use key::public_key;
pub use send::Push;
pub use watch::{tell_due, watch};
