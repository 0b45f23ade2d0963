//! Parts about notes.

mod composer;
mod edit;
mod field;
mod history;
mod notes;
mod prose;
mod together;
mod undo;

pub use composer::NoteComposer;
pub use notes::NotesOf;
pub use undo::Undo;
