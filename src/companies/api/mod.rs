//! Companies from the interface.

mod company;
mod people;

pub use company::*;
pub use people::*;
