//! The transforms of taskgraph-rs.
