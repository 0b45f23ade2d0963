//! Parts about notes.

mod back;
mod by;
mod composer;
mod copying;
mod edit;
mod field;
mod gone;
mod history;
mod mentions;
mod naming;
mod notes;
mod pasting;
mod prose;
mod search;
mod seen;
mod together;
mod tools;
mod undo;

pub use back::back;
pub use by::EditedBy;
pub use composer::NoteComposer;
pub use copying::CopyText;
pub use edit::Edit;
pub use history::History;
pub use mentions::NotesThatName;
pub use naming::link;
pub use notes::NotesOf;
pub use pasting::{Home, Pasting};
pub use prose::Prose;
pub use search::{NotesPage, finding};
pub use seen::{SeenBy, look};
pub use tools::Tools;
pub use undo::{BringBack, Undo};
