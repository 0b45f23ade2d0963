//! What only the server has: settings, clock, database and HTTP.

pub mod clock;
pub mod db;
pub mod http;
pub mod secret;
