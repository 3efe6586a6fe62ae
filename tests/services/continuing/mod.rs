//! `config continue`: goes on from what an earlier run has made, against a Taskcluster on this machine.

mod found;
mod origins;
mod refused;
mod run;
mod speed;
mod trouble;
