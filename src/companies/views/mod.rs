//! The list of companies, and the profile of one.

mod attach;
mod columns;
mod company;
mod filters;
mod header;
mod health;
mod page;
mod people;
mod places;
mod sections;
mod selection;
mod settings;
mod table;

pub use company::CompanyPage;
pub use health::HealthBadge;
pub use page::CompaniesPage;
pub use settings::HealthPage;
