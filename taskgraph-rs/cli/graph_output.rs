//! A graph as text: labels, JSON or YAML.

use crate::args::GraphOptions;
use anyhow::Context as _;
use std::collections::BTreeSet;
use std::io::Write;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::Result;
use taskgraph::graph::TaskGraph;
use taskgraph::graph::by_task_id::ReadyGraph;
use taskgraph::schema::fields::Fields as _;
use taskgraph_compat::python::Regex;
use taskgraph_compat::terminal::inert;
use taskgraph_compat::value::Value;
use taskgraph_compat::{json, yaml};

/// A graph of one of the phases.
pub(crate) enum Graph {
    /// Keyed by label.
    Labels(TaskGraph),
    /// Keyed by taskId.
    Ids(ReadyGraph),
}

impl Graph {
    /// Returns its number of tasks.
    pub(crate) fn len(&self) -> usize {
        match self {
            Graph::Labels(graph) => graph.tasks.len(),
            Graph::Ids(graph) => graph.tasks.len(),
        }
    }

    /// The labels, sorted.
    fn labels(&self) -> Vec<&str> {
        let mut labels: Vec<&str> = match self {
            Graph::Labels(graph) => graph.tasks.keys().map(|label| label.as_str()).collect(),
            Graph::Ids(graph) => graph.tasks.values().map(|ready| ready.task.label.as_str()).collect(),
        };
        labels.sort_unstable();
        labels
    }

    /// The tasks whose label matches from its start, with the edges between them.
    fn excerpt(&self, regex: &Regex) -> Result<Graph> {
        let mut kept = BTreeSet::new();
        for label in self.labels() {
            if regex.matches_start(label)? {
                kept.insert(label);
            }
        }
        Ok(match self {
            Graph::Labels(graph) => Graph::Labels(graph.excerpt(|task| kept.contains(task.label.as_str()))),
            Graph::Ids(graph) => Graph::Ids(graph.excerpt(|ready| kept.contains(ready.task.label.as_str()))),
        })
    }

    fn write_json(&self, out: &mut dyn Write) -> Result<()> {
        match self {
            Graph::Labels(graph) => graph.write_json(out),
            Graph::Ids(graph) => graph.write_json(out),
        }
    }

    /// The graph as a value. Every map in it is sorted.
    fn value(&self) -> Result<Value> {
        json::written(|out| self.write_json(out))
    }
}

/// Output options of a graph.
pub(crate) struct GraphOutput<'o> {
    options: &'o GraphOptions,
    regex: Option<Regex>,
}

impl<'o> GraphOutput<'o> {
    /// As the flags say.
    pub(crate) fn new(options: &'o GraphOptions) -> Result<Self> {
        let regex = options.tasks_regex.as_deref().map(Regex::new).transpose();
        let regex = regex
            .map_err(|error| Problems::from(Problem::error("regex", format!("--tasks-regex: {error}"))))?;
        Ok(GraphOutput { options, regex })
    }

    /// Writes a graph.
    pub(crate) fn write(&self, graph: &Graph, out: &mut dyn Write) -> Result<()> {
        let excerpt = self.regex.as_ref().map(|regex| graph.excerpt(regex)).transpose()?;
        let graph = excerpt.as_ref().unwrap_or(graph);
        if self.options.json && self.options.exclude_keys.is_empty() {
            graph.write_json(out)?;
        } else if self.options.json {
            json::pretty_sorted(&self.value(graph)?, &mut *out)?;
        } else if self.options.yaml {
            out.write_all(yaml::write(&self.value(graph)?).as_bytes())?;
            return Ok(());
        } else {
            for label in graph.labels() {
                writeln!(out, "{}", inert(label))?;
            }
            return Ok(());
        }
        writeln!(out)?;
        Ok(())
    }

    /// The graph as a value, without the keys that are to be left out.
    fn value(&self, graph: &Graph) -> Result<Value> {
        let mut value = graph.value()?;
        let tasks = value.as_map_mut().context("a graph is a map")?;
        for task in tasks.values_mut().filter_map(Value::as_map_mut) {
            for key in &self.options.exclude_keys {
                match key.rsplit_once('.') {
                    None => {
                        task.take(key);
                    }
                    Some((above, key)) => {
                        if let Ok(Some(above)) = task.at(above).map(Value::as_map_mut) {
                            above.take(key);
                        }
                    }
                }
            }
        }
        Ok(value)
    }
}
