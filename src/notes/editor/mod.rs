//! Writing in a note together: what a page knows of it. The code that does it is loaded when a note is opened to be
//! written in.

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(feature = "hydrate")]
mod carrier;
#[cfg(any(feature = "hydrate", test))]
mod change;
#[cfg(not(feature = "hydrate"))]
mod elsewhere;
#[cfg(feature = "hydrate")]
mod kept;
#[cfg(any(feature = "hydrate", test))]
mod marks;
#[cfg(feature = "hydrate")]
mod session;
#[cfg(feature = "hydrate")]
mod tools;
#[cfg(any(feature = "hydrate", test))]
mod waiting;

#[cfg(feature = "hydrate")]
pub use browser::{carry, is_kept, open, show_tools};
#[cfg(not(feature = "hydrate"))]
pub use elsewhere::{carry, is_kept, open, show_tools};
use futures::channel::mpsc::UnboundedSender;
use leptos::html::Textarea;
use leptos::prelude::*;
use leptos::web_sys::{HtmlElement, HtmlTextAreaElement};

use crate::id::{NoteId, TeammateId};
use crate::live::Live;
use crate::teammates::Viewer;

/// How a note is being written in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "on a server it is a form"))]
pub enum Status {
    /// As a form: its whole text is saved at once.
    Form,
    /// Together with others; `saved` when the server has all that was typed.
    Together {
        /// Whether nothing is on its way.
        saved: bool,
    },
    /// Together, but what was typed has waited for longer than it should to be saved: the connection may be lost.
    Late,
    /// Together, but without a connection: what is typed waits in the browser.
    Offline,
    /// What was typed is not taken, for this reason.
    Refused(String),
}

/// Somebody else who has the note open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Other {
    /// Their editor's number.
    pub client: u64,
    /// Their name.
    pub name: String,
    /// Which of the colours is theirs.
    pub colour: u8,
    /// Whether they typed a moment ago.
    pub writing: bool,
}

/// What happens at a field.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only a browser looks at them"))]
pub enum Event {
    /// Something was typed, or put in.
    Typed,
    /// An input method begins a word, or has ended it.
    Composing(bool),
    /// The cursor may be elsewhere.
    Moved,
    /// What one typed last is to go, or to come again.
    Undo {
        /// To come again.
        again: bool,
    },
    /// What is put in next is one step by itself for who undoes.
    Pasted,
    /// The field was closed; what is on its way goes on.
    Closed,
    /// The field was opened again.
    Opened,
    /// The connection is there: this one.
    Connected,
    /// It is lost.
    Lost,
    /// The server says something.
    Heard(Vec<u8>),
    /// A while has passed since something was typed.
    Silent(u32),
    /// A while has passed since something was sent that the server has to keep.
    Waited,
    /// The page no longer shows the field.
    Gone,
}

/// The parts of the page that a note is written in with.
#[derive(Clone)]
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only a browser looks at them"))]
pub struct Place {
    /// The field.
    pub field: HtmlTextAreaElement,
    /// What lies over it, and shows where the others are.
    pub mirror: HtmlElement,
    /// The text that the field began with.
    pub base: String,
}

/// Brings what a teammate typed without a connection to the server whenever there is one, whichever page they are on by then.
pub fn carry_kept(me: TeammateId, live: Live) {
    Effect::new(move |_| {
        if live.connections.get() > 0 {
            carry(me, live);
        }
    });
}

/// Where the buttons for formatting stand.
#[derive(Clone)]
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only a browser fills it"))]
pub struct Row {
    /// What they are put into.
    pub place: HtmlElement,
    /// How the field is written in, where several write in it.
    pub desk: Option<Desk>,
    /// The field.
    pub field: NodeRef<Textarea>,
}

/// A note that can be written in on this page.
#[derive(Clone, Copy)]
pub struct Desk {
    /// Which.
    #[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only a browser asks"))]
    pub note: NoteId,
    /// Who writes here.
    #[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only a browser asks"))]
    me: TeammateId,
    /// How.
    pub status: RwSignal<Status>,
    /// Who else.
    pub others: RwSignal<Vec<Other>>,
    /// Whether its field is open here.
    pub open: RwSignal<bool>,
    #[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only a browser asks"))]
    live: Option<Live>,
    events: StoredValue<Option<UnboundedSender<Event>>>,
}

impl Desk {
    /// Nobody writes yet. What works on the field later hears of the connection, and of the end of the component that
    /// this is made in.
    pub fn new(note: NoteId) -> Self {
        let live = use_context::<Live>();
        let (status, others) = (RwSignal::new(Status::Form), RwSignal::new(Vec::new()));
        let viewer = use_context::<Option<Viewer>>().flatten();
        let me = viewer.map_or(TeammateId(0), |viewer| viewer.id);
        let (open, events) = (RwSignal::new(false), StoredValue::new(None));
        let desk = Self { note, me, status, others, open, live, events };
        if let Some(live) = live {
            Effect::new(move |before: Option<u32>| {
                let count = live.connections.get();
                if before.is_some_and(|before| before != count) {
                    desk.say(Event::Connected);
                }
                count
            });
            Effect::new(move |_| {
                if !live.online.get() {
                    desk.say(Event::Lost);
                }
            });
            on_cleanup(move || {
                desk.say(Event::Gone);
                // What was typed last may not have gone out.
                carry(me, live);
            });
        }
        desk
    }

    /// Says what happened at the field, to whoever works on it.
    pub fn say(self, event: Event) {
        self.events.try_with_value(|events| {
            events.as_ref().map(|events| events.unbounded_send(event).is_ok())
        });
    }

    /// Whether somebody works on the field already.
    #[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only a browser asks"))]
    fn is_open(self) -> bool {
        self.events.try_with_value(Option::is_some) == Some(true)
    }

    /// Whether the connection is away.
    pub fn is_away(self) -> bool {
        self.live.is_some_and(|live| !live.online.get())
    }

    /// Whether it is written in together, and not as a form.
    pub fn is_together(self) -> bool {
        self.status.with(|s| *s != Status::Form)
    }
}
