//! Training configs over real trees.

mod configs;
mod continuation;
mod corpora;
mod keys;
mod student;
