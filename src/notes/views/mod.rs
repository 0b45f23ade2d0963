//! Parts about notes.

mod composer;
mod edit;
mod notes;
mod undo;

pub use composer::NoteComposer;
pub use notes::NotesOf;
pub use undo::Undo;
