//! Sessions: cookie sessions (AU-4), whose random secret lies in the browser and its digest in the database, and token
//! sessions (AU-1), an access token checked by heart and a refresh token exchanged at every use.

mod access_token;
pub mod actions;
mod cookie;
mod csrf_token;
mod known_networks;
mod network;
mod recognition;
mod refresh_token;
pub mod routes;
mod standing;
mod store;
mod tickets;

pub use access_token::AccessTokens;
pub use known_networks::meet;
pub use recognition::{
    authenticate, authenticate_socket, by_access_token as authenticate_bearer, refuse_forged, why_over_now,
};
pub use standing::{Standing, end_unreading, may_read, permissions_now, remember, watch};
pub use store::sweep;
pub use tickets::Tickets;

use crate::error::Code;

/// The code of a stored reason; an unknown one is read as "revoked".
fn reason_code(reason: &str) -> Code {
    Code::ALL.iter().copied().find(|code| code.name == reason).unwrap_or(Code::SESSION_REVOKED)
}

fn known_reason(reason: &str) -> &'static str {
    reason_code(reason).name
}
