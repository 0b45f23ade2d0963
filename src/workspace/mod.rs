//! Workspaces, their teammates and their keys.

mod store;

pub use store::{Created, New, choose, create, workspace_of_key};
