//! What an address names: the parts that a route leaves open, and what is asked after the question mark.

use axum::extract::{MatchedPath, Request};
use percent_encoding::percent_decode_str;

use crate::error::Error;

/// An address, and the route that it was found to be.
pub struct Asked {
    path: String,
    query: String,
    route: String,
}

impl Asked {
    /// That of a request.
    pub fn of(request: &Request) -> Self {
        let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
        let (path, query) = (request.uri().path(), request.uri().query().unwrap_or_default());
        // A router within `/api` sees the rest of the path alone.
        let route = route.strip_prefix("/api").unwrap_or(route);
        let path = path.strip_prefix("/api").unwrap_or(path);
        Self { path: path.to_owned(), query: query.to_owned(), route: route.to_owned() }
    }

    /// Refuses what no database can hold.
    ///
    /// # Errors
    /// [`Error::Invalid`] names the part, or the parameter, that is not UTF-8 or has a NUL.
    pub fn check(&self) -> Result<(), Error> {
        let mut parts = self.route.split('/').map(open);
        for text in self.path.split('/') {
            fits(text, parts.next().flatten().unwrap_or("address"))?;
        }
        for pair in self.query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            fits(name, "address")?;
            fits(value, name)?;
        }
        Ok(())
    }

    /// The part that the route leaves open, where there is one alone.
    pub fn only_part(&self) -> Option<&str> {
        let mut parts = self.route.split('/').filter_map(open);
        parts.next().filter(|_| parts.next().is_none())
    }
}

/// The name in a part such as `{id}`.
fn open(part: &str) -> Option<&str> {
    part.strip_prefix('{')?.strip_suffix('}').filter(|name| !name.starts_with('*'))
}

fn fits(text: &str, field: &str) -> Result<(), Error> {
    match percent_decode_str(text).decode_utf8() {
        Err(_) => Err(Error::invalid(field, "send UTF-8")),
        Ok(text) if text.contains('\0') => {
            Err(Error::invalid(field, "NUL characters are not accepted"))
        }
        Ok(_) => Ok(()),
    }
}
