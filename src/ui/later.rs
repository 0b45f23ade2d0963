//! What is typed, once no further letter came.

use std::time::Duration;

use leptos::prelude::*;

/// How long to wait for the next letter.
const PAUSE: Duration = Duration::from_millis(200);

/// What is to happen after a pause; the newest alone.
#[derive(Clone, Copy)]
pub struct Later(StoredValue<Option<TimeoutHandle>>);

/// A place for what is to happen later; what waits is forgotten with the component around it.
pub fn use_later() -> Later {
    let later = Later(StoredValue::new(None));
    on_cleanup(move || later.forget());
    later
}

impl Later {
    /// Happens in 200 ms, unless something else is to happen before.
    pub fn run(self, what: impl FnOnce() + 'static) {
        self.forget();
        let begun = set_timeout_with_handle(what, PAUSE);
        self.0.try_set_value(begun.ok());
    }

    fn forget(self) {
        if let Some(Some(before)) = self.0.try_update_value(Option::take) {
            before.clear();
        }
    }
}
