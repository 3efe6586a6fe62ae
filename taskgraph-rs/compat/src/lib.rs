//! Values and their text as Python, PyYAML and orjson have them. Knows nothing of tasks.

pub mod error;
pub mod json;
pub mod natural_order;
pub mod python;
pub mod redact;
pub mod source;
pub mod suggest;
pub mod terminal;
pub mod time;
pub mod value;
pub mod yaml;
