//! Making a sound and showing a notification, once among the tabs of a teammate.

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(not(feature = "hydrate"))]
mod elsewhere;
#[cfg(feature = "hydrate")]
mod locks;
#[cfg(feature = "hydrate")]
mod notification;
#[cfg(feature = "hydrate")]
mod sound;

#[cfg(feature = "hydrate")]
pub use browser::{allow, permission, play, tell};
#[cfg(not(feature = "hydrate"))]
pub use elsewhere::{allow, permission, play, tell};

/// Whether this browser lets the page show notifications.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// It has none, or only for pages by https.
    Missing,
    /// Nobody has said yet.
    Unasked,
    /// It does.
    Granted,
    /// It does not; only its own settings change that.
    Denied,
}
