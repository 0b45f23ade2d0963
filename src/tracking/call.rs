//! A tracking call: whom it is about, and what it says.

use serde_json::Value;

use super::traits::Group;
use crate::contacts::{Context, Details, IdentityKind};
use crate::error::Error;
use crate::time::Time;

/// One call, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The customer's own id of the user.
    pub user_id: Option<String>,
    /// The id of a browser or device whose person is not known yet.
    pub anonymous_id: Option<String>,
    /// The sender's id of this call: the only thing that makes it a repetition.
    pub message_id: Option<String>,
    /// When it happened, by the sender's account, at most five minutes ahead of us.
    pub at: Time,
    /// When it reached us.
    pub received: Time,
    /// The browser, the address and the page, as far as the sender tells.
    pub context: Context,
    /// What it says.
    pub body: Body,
}

/// What a call says.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// Facts about the person, and the companies that they name.
    Identify {
        /// The facts.
        details: Box<Details>,
        /// Companies among the traits.
        companies: Vec<Group>,
    },
    /// Something the person did.
    Track {
        /// The event's name.
        event: String,
        /// Its metadata, an object.
        properties: Value,
    },
    /// Something that a person did whom a file names by their address.
    Event {
        /// The address, in any case.
        email: String,
        /// `user` or `lead`, where the file says which of those with the address is meant.
        role: Option<String>,
        /// The event's name.
        event: String,
        /// Its metadata, an object.
        properties: Value,
    },
    /// The person looked at a page or a screen.
    Page,
    /// The person belongs to a company.
    Group(Box<Group>),
    /// Facts about a person, from a file: without a `userId` the e-mail address says who is meant.
    Person(Box<Person>),
    /// Facts about a company alone, from a file, and tags to add to it.
    Company(Box<Group>, Vec<String>),
    /// The person was called something else before.
    Alias {
        /// What they were called.
        previous_id: String,
    },
}

/// What a row of a file says of a person.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Person {
    /// `user` or `lead`.
    pub role: Option<String>,
    /// The facts.
    pub details: Details,
    /// Companies that they are in.
    pub companies: Vec<Group>,
    /// Names of tags to add.
    pub tags: Vec<String>,
}

impl Call {
    /// Whom it is about.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it names nobody.
    pub fn identity(&self) -> Result<(IdentityKind, &str), Error> {
        match (&self.user_id, &self.anonymous_id) {
            (Some(id), _) => Ok((IdentityKind::ExternalId, id)),
            (None, Some(id)) => Ok((IdentityKind::AnonymousId, id)),
            (None, None) => Err(Error::invalid("userId", "send userId or anonymousId")),
        }
    }

    /// Whether it says no more than that somebody did something: it makes nobody one with another, and counts no session.
    pub const fn only_acts(&self) -> bool {
        let named_once = self.user_id.is_none() || self.anonymous_id.is_none();
        matches!(self.body, Body::Track { .. }) && named_once
    }
}

/// What arrives around a call: when, and from which address where the sender is a browser.
#[derive(Debug, Clone, Copy)]
pub struct Arrival {
    /// Our time.
    pub now: Time,
    /// The address of the browser that sent it; never a server's.
    pub browser: Option<std::net::IpAddr>,
    /// `sentAt` of the batch that it came in.
    pub sent_at: Option<Time>,
}

impl Arrival {
    /// At this moment, from a server or a file.
    pub const fn at(now: Time) -> Self {
        Self { now, browser: None, sent_at: None }
    }
}
