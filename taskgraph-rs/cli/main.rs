//! The command line of taskgraph-rs.
fn main() {}
