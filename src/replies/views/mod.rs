//! The page of saved replies.

mod page;

pub use page::RepliesPage;
