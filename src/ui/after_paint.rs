//! What may wait until the browser has painted.

use std::time::Duration;

use leptos::prelude::*;

/// Does something after the next time that the browser paints: what changed until then is on the screen. In a browser only.
pub fn after_paint(what: impl FnOnce() + 'static) {
    // A frame begins with its callbacks; what waits for no time at all comes after it.
    request_animation_frame(move || set_timeout(what, Duration::ZERO));
}
