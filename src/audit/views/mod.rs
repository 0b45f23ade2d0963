//! The page of the audit log.

mod audit;

pub use audit::AuditPage;
