//! The list of companies, and the profile of one.

mod arriving;
mod asked;
mod attach;
mod beside;
mod company;
mod delete;
mod edit;
mod ending;
mod filters;
mod header;
mod health;
mod member;
mod merge;
mod message;
mod page;
mod people;
mod people_bar;
mod places;
mod preview;
mod sections;
mod settings;
mod table;
mod whose;

pub use beside::CompanyBeside;
pub use company::CompanyPage;
pub use delete::DeletePage;
pub use health::HealthBadge;
pub use merge::MergePage;
pub use message::MessagePage;
pub use page::CompaniesPage;
pub use settings::HealthPage;
