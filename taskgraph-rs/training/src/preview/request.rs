//! Request for a preview.

use std::time::SystemTime;

use crate::config::Input;
use crate::estimate::history::History;
use crate::estimate::prices::Prices;
use crate::report::earlier_groups::EarlierGroups;
use taskgraph::known_urls::{Question, Urls};
use taskgraph::optimize::index::Find;
use taskgraph::settings::Settings;

/// Run to compare with.
#[derive(Clone, Debug)]
pub enum Baseline {
    /// The same config without what earlier runs have made.
    Scratch,
    /// Another config.
    Config(Input),
    /// Nothing.
    Nothing,
}

/// Request for a preview.
pub struct Request<'r> {
    /// The config.
    pub input: Input,
    /// Another target stage than the one in the config.
    pub target_stage: Option<String>,
    /// Cause of the graph, if it differs from the one in the config.
    pub tasks_for: Option<String>,
    /// Run to compare with.
    pub against: Baseline,
    /// Settings of this run of the program.
    pub settings: &'r Settings,
    /// Prober of urls, for a graph that depends on urls of unknown state. Without it, the graph is made as the
    /// plumbing commands make it, with a warning for each url.
    pub ask: Option<fn(&[Question]) -> Urls>,
    /// Client of the index, if its content is to be shown.
    pub find: Option<&'r Find<'r>>,
    /// The groups to go on from, as the `train` action does.
    pub groups: Option<&'r dyn EarlierGroups>,
    /// The times of earlier tasks, if an estimate is requested. Those that are found are added.
    pub history: Option<History>,
    /// Prices of machines.
    pub prices: Option<Prices>,
    /// The time of the run.
    pub now: SystemTime,
}
