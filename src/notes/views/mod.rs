//! Parts about notes.

mod composer;
mod edit;
mod field;
mod history;
mod mentions;
mod naming;
mod notes;
mod pasting;
mod prose;
mod together;
mod undo;

pub use composer::NoteComposer;
pub use mentions::NotesThatName;
pub use notes::NotesOf;
pub use undo::Undo;
