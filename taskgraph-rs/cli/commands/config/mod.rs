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

pub(crate) use check::run as check;
pub(crate) use continue_run::run as go_on;
pub(crate) use init::run as init;
pub(crate) use remote_files::preview as check_urls;
pub(crate) use schema::run as schema;
pub(crate) use upgrade::run as upgrade;
