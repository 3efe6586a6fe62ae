//! Who answers what the optimize phase asks of the index and the queue.

use crate::args::LookUpOptions;
use crate::progress::connect_for_a_look;
use anyhow::{Context as _, Result};
use taskgraph::diagnostics::Problem;
use taskgraph::optimize::index::{Found, Wanted};
use taskgraph_compat::source::Source;
use taskgraph_taskcluster::Taskcluster;

/// Who answers.
pub enum Answers {
    /// Taskcluster itself.
    Taskcluster(Box<Taskcluster>),
    /// A file in which the answers were written down.
    File(Found),
    /// Nobody: it is as if the index were empty.
    Nobody,
}

impl Answers {
    /// Who was asked for. Nothing is opened before there is a question.
    pub fn new(options: &LookUpOptions) -> Result<Self> {
        Ok(match &options.found {
            Some(file) => Answers::File(Found::read(Source::read(file)?)?),
            None if options.offline => Answers::Nobody,
            None => Answers::Taskcluster(Box::new(connect_for_a_look()?)),
        })
    }

    /// The answers to all of these.
    pub fn find(&self, wanted: &Wanted) -> Result<Found> {
        match self {
            Answers::Taskcluster(taskcluster) => taskcluster.find(wanted).context(
                "what ran before cannot be looked up; --offline shows the graph as if nothing had, --found takes answers from a file",
            ),
            Answers::File(found) => Ok(found.clone()),
            Answers::Nobody => Ok(Found::default()),
        }
    }

    /// What a person has to know who sees a graph that was made with these answers.
    pub fn warning(&self) -> Option<Problem> {
        matches!(self, Answers::Nobody).then(|| {
            Problem::warning("offline", "nothing was looked up: the graph is as if no task had ever run")
                .help("leave out --offline, or hand in answers with --found")
        })
    }
}
