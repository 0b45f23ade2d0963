//! The page of the audit log.

mod audit;
mod filters;

pub use audit::AuditPage;
