//! What an address asks after its question mark.

use std::collections::HashMap;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::Refused;
use crate::error::Error;

/// The parameters of an address; of one named twice the first counts.
#[derive(Debug, Default)]
pub struct Query(HashMap<String, String>);

impl Query {
    /// A parameter that is there and not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|v| !v.is_empty())
    }

    /// A whole number.
    ///
    /// # Errors
    /// [`Error::Invalid`] for anything else.
    pub fn number(&self, name: &str) -> Result<Option<i64>, Error> {
        let Some(text) = self.get(name) else { return Ok(None) };
        text.parse().map(Some).map_err(|_| Error::invalid(name, "send a whole number"))
    }

    /// True or false, false when it is not there.
    ///
    /// # Errors
    /// [`Error::Invalid`] for anything else.
    pub fn flag(&self, name: &str) -> Result<bool, Error> {
        match self.get(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(Error::invalid(name, "send true or false")),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        let mut found = HashMap::new();
        for (name, value) in
            url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes())
        {
            found.entry(name.into_owned()).or_insert_with(|| value.into_owned());
        }
        Ok(Self(found))
    }
}
