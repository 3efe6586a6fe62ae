//! `config`: what can be done with training configs, without a graph.

mod check;
mod continue_run;
mod files;
mod format_github;
mod format_json;
mod format_sarif;
mod format_table;
mod init;
mod problem_codes;
mod remote_files;
mod results;
mod schema;
mod upgrade;

pub use check::run as check;
pub use continue_run::run as go_on;
pub use init::run as init;
pub use remote_files::preview as check_urls;
pub use schema::run as schema;
pub use upgrade::run as upgrade;
