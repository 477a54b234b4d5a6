//! What the features stand on and what knows none of them: time, randomness, storage, hashing, texts, HTTP.

pub mod clock;
pub mod database;
pub mod hashing;
pub mod http;
pub mod i18n;
pub mod limits;
pub mod logs;
pub mod migrations;
pub mod outage;
pub mod random;
pub mod recent;
pub mod text;
