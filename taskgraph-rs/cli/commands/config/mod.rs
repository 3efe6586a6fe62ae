//! `config`: what can be done with training configs, without a graph.

pub(crate) mod check;
pub(crate) mod continue_run;
mod files;
mod format_github;
mod format_json;
mod format_sarif;
mod format_table;
pub(crate) mod init;
mod problem_codes;
mod remote_files;
mod results;
pub(crate) mod schema;
pub(crate) mod upgrade;

pub use check::run as check;
pub use continue_run::run as go_on;
pub use init::run as init;
pub use remote_files::preview as check_urls;
pub use schema::run as schema;
pub use upgrade::run as upgrade;
