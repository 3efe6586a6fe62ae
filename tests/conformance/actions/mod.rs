//! Actions of real trees: what they offer, and trainings that continue from earlier task groups.

mod groups;
mod offered;
