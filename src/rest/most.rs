//! How large a request may be, said to those who send more.

use axum::Extension;
use axum::extract::{DefaultBodyLimit, Request};
use axum::routing::MethodRouter;

/// The most bytes of a request, where its route says nothing else: 512 KB.
pub const MOST: usize = 512 * 1024;

#[derive(Debug, Clone, Copy)]
struct Most(usize);

/// Routes whose requests may have so many bytes.
pub fn at_most<S: Clone + Send + Sync + 'static>(
    bytes: usize,
    routes: MethodRouter<S>,
) -> MethodRouter<S> {
    routes.layer((Extension(Most(bytes)), DefaultBodyLimit::max(bytes)))
}

/// The most bytes that the route of a request takes.
pub(super) fn of(request: &Request) -> usize {
    request.extensions().get::<Most>().map_or(MOST, |most| most.0)
}

/// Bytes in words: `512 KB`, `14 MB`.
pub(super) fn words(bytes: usize) -> String {
    match bytes / 1024 {
        kb @ 0..1024 => format!("{kb} KB"),
        kb => format!("{} MB", kb / 1024),
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST, words};

    #[test]
    fn bytes_are_words() {
        assert_eq!((words(MOST).as_str(), words(14 << 20).as_str()), ("512 KB", "14 MB"));
    }
}
