//! Teammates' server functions, by what they are about.

mod account;
mod signing;
mod team;

pub use account::*;
pub use signing::*;
pub use team::*;
