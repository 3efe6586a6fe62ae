//! `config`: what can be done with training configs, without a graph.

mod check;
mod continuing;
mod files;
mod github;
mod init;
mod json;
mod remote;
mod rules;
mod sarif;
mod schema;
mod table;
mod upgrade;
mod verdicts;

pub use check::run as check;
pub use continuing::run as go_on;
pub use init::run as init;
pub use remote::preview as check_urls;
pub use schema::run as schema;
pub use upgrade::run as upgrade;
