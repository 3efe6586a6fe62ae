//! Pretrained models: what a training config may say about them, and what becomes of it.
//!
//! ```yaml
//! experiment:
//!     pretrained-models:
//!         train-teacher:
//!             urls: [https://example.com/models/ru-en/teacher]    # one for each member of the ensemble
//!             mode: continue                                      # use, continue or init
//!             type: default                                       # default or opusmt
//! ```
//!
//! `check` is the one validator; every command that makes a graph goes through it. `model` reads what was checked.

mod check;
mod ensemble;
mod layout;
mod mode;
mod mode_and_type;
mod model;
mod model_section;
mod problem;
mod unused_models;
mod url;
mod vocabulary;
pub(crate) mod web_page;

pub use check::check;
pub use layout::{Effect, Layout, ModelKey, STUDENT, UrlKey};
pub use mode::{Mode, TYPES};
pub use model::{PretrainedModel, can_mount, reads};
pub use unused_models::{AS_IT_IS, NO_TEACHER, USE_AS_IT_IS, WITHOUT_TEACHER};
pub use url::file_findings;
pub use vocabulary::{look_for_all, questions};
