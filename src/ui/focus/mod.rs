//! Where the keyboard is, in a browser.

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(not(feature = "hydrate"))]
mod elsewhere;

#[cfg(feature = "hydrate")]
pub use browser::{
    click, composing, data, focus, is_looked_at, is_seen, is_writing, keep, land, leave, line,
    step, submit, write_in,
};
#[cfg(not(feature = "hydrate"))]
pub use elsewhere::{
    click, composing, data, focus, is_looked_at, is_seen, is_writing, keep, land, leave, line,
    step, submit, write_in,
};
