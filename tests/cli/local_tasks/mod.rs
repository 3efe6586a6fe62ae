//! Tasks and images on this machine, against a container engine that plays, and a Taskcluster on this machine.

mod engines;
mod fetch_content;
mod fixture;
mod images;
mod init;
mod refused;
mod running;
mod upstreams;
