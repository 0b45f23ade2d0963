//! Cards that stand beside what they are about while it is pointed at or has the focus: drawn by the style sheet alone, and here
//! what it cannot do (WCAG 2.2, 1.4.13: Escape takes one away, and nothing else moves).

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(not(feature = "hydrate"))]
mod elsewhere;

#[cfg(feature = "hydrate")]
pub use browser::keep;
#[cfg(not(feature = "hydrate"))]
pub use elsewhere::keep;
