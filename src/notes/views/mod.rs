//! Parts about notes.
