//! Text inside a `textarea`. Leptos writes it as it is, so that `</textarea>` in it would end the field and what
//! follows would be the page's own: on the server it is escaped first.

#[cfg(not(feature = "ssr"))]
mod browser;
#[cfg(feature = "ssr")]
mod server;

#[cfg(not(feature = "ssr"))]
pub use browser::in_field;
#[cfg(feature = "ssr")]
pub use server::in_field;
