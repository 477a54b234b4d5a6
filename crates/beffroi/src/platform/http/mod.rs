//! The manners of HTTP, the same for every feature: reading requests, answering, refusing, serving.

pub mod answer;
pub mod assets;
pub mod client_address;
pub mod connections;
pub mod cross_site;
pub mod describe;
pub mod door;
pub mod etag;
pub mod host;
pub mod keyset;
pub mod nowhere;
pub mod payload;
pub mod serve;
