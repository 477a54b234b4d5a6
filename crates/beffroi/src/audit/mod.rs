//! The audit log: one row per act, written in the transaction of the act (OB-1). Below every feature: it knows none.

mod model;
mod store;

pub use model::{Act, Circumstances};
pub use store::{OwnEvent, find, of_person, record, record_many};
