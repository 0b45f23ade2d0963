//! Where a long list stands: in a box of its own, or, on a phone, in the whole page.

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(not(feature = "hydrate"))]
mod elsewhere;

#[cfg(feature = "hydrate")]
pub use browser::{
    along, back_to, fit, from_end, is_at_end, is_on_screen, on_any, on_resize, reveal, to_end,
    to_from_end,
};
#[cfg(not(feature = "hydrate"))]
pub use elsewhere::{
    along, back_to, fit, from_end, is_at_end, is_on_screen, on_any, on_resize, reveal, to_end,
    to_from_end,
};
