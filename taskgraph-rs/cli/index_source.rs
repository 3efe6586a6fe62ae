//! Source of the answers that the optimize phase needs of the index and the queue: Taskcluster, a file, or none.

use crate::args::LookUpOptions;
use crate::progress::connect_for_a_look;
use taskgraph::diagnostics::Problem;
use taskgraph::error::{Error, Result};
use taskgraph::optimize::index::{LookupAnswers, LookupRequest};
use taskgraph_compat::source::Source;
use taskgraph_taskcluster::Taskcluster;

/// The message of a call that the index does not answer.
const NO_ANSWER: &str = "what ran before cannot be looked up; --offline shows the graph as if nothing had, --found takes answers from a file";

/// Source of the answers.
pub(crate) enum IndexSource {
    /// Taskcluster itself.
    Taskcluster(Box<Taskcluster>),
    /// A file in which the answers were written down.
    File(LookupAnswers),
    /// Nobody: it is as if the index were empty.
    Nobody,
}

impl IndexSource {
    /// Returns the requested source. It opens no connection before the first question.
    pub(crate) fn new(options: &LookUpOptions) -> Result<Self> {
        Ok(match &options.found {
            Some(file) => IndexSource::File(LookupAnswers::read(Source::read(file)?)?),
            None if options.offline => IndexSource::Nobody,
            None => IndexSource::Taskcluster(Box::new(connect_for_a_look()?)),
        })
    }

    /// The answers to all of these.
    pub(crate) fn find(&self, wanted: &LookupRequest) -> Result<LookupAnswers> {
        match self {
            IndexSource::Taskcluster(taskcluster) => {
                let found = taskcluster.find(wanted);
                found.map_err(|error| Error::from(error).context(NO_ANSWER))
            }
            IndexSource::File(found) => Ok(found.clone()),
            IndexSource::Nobody => Ok(LookupAnswers::default()),
        }
    }

    /// Returns the warning for a graph that was made with these answers.
    pub(crate) fn warning(&self) -> Option<Problem> {
        matches!(self, IndexSource::Nobody).then(|| {
            Problem::warning("offline", "nothing was looked up: the graph is as if no task had ever run")
                .help("leave out --offline, or hand in answers with --found")
        })
    }
}
