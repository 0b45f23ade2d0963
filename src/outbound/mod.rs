//! Outbound: messages to whom a rule holds for, to whoever comes to match it, or to chosen people; each once.

mod again;
pub mod api;
#[cfg(feature = "ssr")]
mod barred;
#[cfg(feature = "ssr")]
mod content;
#[cfg(feature = "ssr")]
mod counts;
#[cfg(feature = "ssr")]
mod days;
#[cfg(feature = "ssr")]
mod deliver;
#[cfg(feature = "ssr")]
mod eligible;
#[cfg(feature = "ssr")]
mod email;
#[cfg(feature = "ssr")]
mod files;
mod goal;
#[cfg(feature = "ssr")]
mod goals;
#[cfg(feature = "ssr")]
mod lane;
pub mod limits;
#[cfg(feature = "ssr")]
mod one;
#[cfg(feature = "ssr")]
mod opting;
#[cfg(feature = "ssr")]
mod overview;
#[cfg(feature = "ssr")]
mod preview;
#[cfg(feature = "ssr")]
mod recipients;
#[cfg(feature = "ssr")]
mod rest;
#[cfg(feature = "ssr")]
mod run;
#[cfg(feature = "ssr")]
mod said;
mod shown;
mod sought;
#[cfg(feature = "ssr")]
mod store;
#[cfg(feature = "ssr")]
mod terms;
pub mod types;
#[cfg(feature = "ssr")]
mod values;
pub mod views;
mod which;
#[cfg(feature = "ssr")]
mod why;
mod window;
#[cfg(feature = "ssr")]
mod work;

pub use again::{Again, Skip};
#[cfg(feature = "ssr")]
pub use content::{Filled, check, render};
#[cfg(feature = "ssr")]
pub use counts::{Asked, people};
#[cfg(feature = "ssr")]
pub use deliver::{
    Claim, DID_BOTH, Did, Key, Match, arrive, claim, deliver, did, expected, free, greet, matched,
    put_back, replied, seen, set_off,
};
#[cfg(feature = "ssr")]
pub use email::{Loads, Sending, bounced, mail, router, send_again, take, unsubscribe};
#[cfg(feature = "ssr")]
pub use files::{attach_file, copy_files, router as file_forms, take_away};
pub use goal::{Goal, GoalKind};
#[cfg(feature = "ssr")]
pub use goals::{Heard, aims, heard, reached};
#[cfg(feature = "ssr")]
pub use lane::{Bells, Lane};
#[cfg(feature = "ssr")]
pub use one::{Written, write_to};
#[cfg(feature = "ssr")]
pub use opting::{opt, standings};
#[cfg(feature = "ssr")]
pub use overview::{blank, detail, list, reader};
#[cfg(feature = "ssr")]
pub use preview::{Text, preview, test};
#[cfg(feature = "ssr")]
pub use recipients::recipients;
#[cfg(feature = "ssr")]
pub use rest::router as rest;
#[cfg(feature = "ssr")]
pub use run::{pause, resume, start, stop};
pub use shown::{
    Blank, Brief, Counts, Day, Detail, Finding, Messages, Part, People, Previewed, Receiver,
    Recipients, Standing, Switches, Why,
};
pub use sought::Sought;
#[cfg(feature = "ssr")]
pub use store::{Draft, delete, duplicate, find, is_saved, save};
pub use which::Which;
#[cfg(feature = "ssr")]
pub use why::{Who, why};
pub use window::When;
#[cfg(feature = "ssr")]
pub use work::{run_due, watch};

use crate::words::words;

/// Where the form of files goes.
pub const FILES: &str = "/outbound/files";
/// How much the files of a message may weigh together, in bytes: 10 MB, which nearly every mail server takes.
pub const FILES_TOTAL: i64 = 10 * 1024 * 1024;
/// The longest subject, in characters.
pub const SUBJECT: usize = 200;
/// The longest text, in characters.
pub const LONGEST: usize = 20_000;
/// The longest name, in characters.
pub const NAME: usize = 100;
/// The most people that can be named one by one.
pub const CHOSEN: usize = 5_000;

/// Whether a message says or asks anything of companies: its rule does, or a variable of a text. Where it does, its author is
/// asked how often it goes out to somebody who is in several.
pub fn asks_of_companies(rule: &str, text: &str) -> bool {
    let between = |begin: &str, end: &str| {
        let parts = text.split(begin).skip(1);
        parts.filter_map(|part| part.split(end).next()).any(|inside| inside.contains("company"))
    };
    rule.contains(r#"{"company":"#) || between("{{", "}}") || between("{%", "%}")
}

words! {
    /// Where a message stands.
    State {
        /// Being written.
        Draft = "draft", "Draft";
        /// It goes out.
        Running = "running", "Running";
        /// Who matches is kept, and nothing is sent.
        Paused = "paused", "Paused";
        /// Over: there is nobody left whom it could reach.
        Finished = "finished", "Finished";
        /// Over: somebody ended it, or its end came.
        Stopped = "stopped", "Stopped";
    }
}

impl State {
    /// Whether nothing goes out any more.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Finished | Self::Stopped)
    }
}

words! {
    /// How a message gets there.
    Channel {
        /// A conversation in the Messenger.
        Chat = "chat", "Chat in the Messenger";
        /// A conversation in the Messenger that begins with a larger piece, such as news.
        Post = "post", "Post in the Messenger";
        /// An e-mail.
        Email = "email", "E-mail";
    }
}

impl Channel {
    /// Whether the Messenger has it, where seeing and answering are known.
    pub const fn in_app(self) -> bool {
        matches!(self, Self::Chat | Self::Post)
    }
}

words! {
    /// Whom a message is for.
    Whom {
        /// Who comes to match from the start on.
        Later = "later", "Everyone who comes to match from now on";
        /// Who matches at the start, and who comes to match later.
        All = "all", "Everyone who matches now, and who comes to match later";
        /// Who matches at the start.
        Now = "now", "Only those who match now";
        /// Who does something, each time they do.
        Event = "event", "Everyone who does something, each time they do it";
        /// The people named.
        Chosen = "chosen", "The people chosen";
        /// One person, to whom a program has a teammate write.
        One = "one", "One person, as a program asked for it";
    }
}

impl Whom {
    /// Whether it goes on for as long as the message runs, and is decided when each person arrives.
    pub const fn follows(self) -> bool {
        matches!(self, Self::Later | Self::All | Self::Event)
    }

    /// Whether those whom it is for are named, and no rule says who they are.
    pub const fn is_named(self) -> bool {
        matches!(self, Self::Chosen | Self::One)
    }
}

words! {
    /// Whose hours a message keeps to.
    Zone {
        /// Those where the workspace is.
        Workspace = "workspace", "The workspace’s time zone";
        /// Those where each person is, as far as that is known.
        Person = "person", "Each person’s own, where it is known; else the workspace’s";
    }
}

words! {
    /// Where a delivery stands.
    Stage {
        /// It waits for its time, or for the person.
        Waiting = "waiting", "waiting";
        /// It is being handed to the mail server.
        Sending = "sending", "being sent";
        /// Their Messenger has it, or will when they next open it; or the mail server does.
        Sent = "sent", "sent";
        /// It does not go to them.
        Excluded = "excluded", "left out";
        /// It could not be sent.
        Failed = "failed", "failed";
        /// Nobody knows whether the mail server took it.
        Unknown = "unknown", "unknown";
    }
}

words! {
    /// Why somebody does not get a message.
    Reason {
        /// Nobody writes to them while they are blocked.
        Blocked = "blocked", "they are blocked";
        /// They were put away.
        Archived = "archived", "they are in the archive";
        /// They, or a company of theirs, have the tag that takes people out.
        OptedOut = "opted_out", "they are opted out by a tag";
        /// They, or a company of theirs, have the tag after which it is not needed any more.
        Exited = "exited", "they have the exit tag";
        /// They are not in the company that it is about.
        Away = "away", "they are not in the company any more";
        /// It goes out for each company of theirs, and there is none.
        NoCompany = "no_company", "they are in no company";
        /// The rule does not hold for them any more.
        Left = "left", "the rule held no more when it was to be sent";
        /// There is nothing to read once the variables have their values.
        Empty = "empty", "nothing is left of the text for them";
        /// The text could not be filled in for them.
        Content = "content", "the text could not be filled in for them";
        /// They want no e-mail to many.
        Unsubscribed = "unsubscribed", "they unsubscribed from e-mail";
        /// They want none of its type.
        Unwanted = "unwanted", "they do not want e-mail of this type";
        /// It is not the time of day for it: it waits.
        Hours = "hours", "the message keeps to its hours";
        /// They had as many messages as the workspace lets anybody have: it waits.
        Quiet = "quiet", "they have had as many messages as one person may";
        /// This minute's e-mails are out: it waits.
        Pace = "pace", "only so many e-mails go out a minute";
        /// They have no e-mail address, or one that cannot be one.
        NoAddress = "no_address", "they have no e-mail address that mail can go to";
        /// An e-mail before it was refused for their address, which is still the same.
        Bounced = "bounced", "the mail server said before that no mail gets to their address";
        /// They marked an e-mail as spam.
        Complained = "complained", "they marked an e-mail as spam";
        /// The mail server refused it for good.
        Refused = "refused", "the mail server refused it";
        /// The process ended, or the connection broke, while it was handed over.
        Broken = "broken", "the connection broke while it was handed over, so it may have been sent";
        /// It was tried too often.
        Tries = "tries", "it was tried 8 times";
        /// The server died each time that it was under way, also alone.
        Killed = "killed", "the server broke down each time it was being sent";
    }
}
