//! Which server a request is for. HTTP/1.1 wants exactly one `Host` that is one (RFC 9112 §3.2): without this rule a proxy
//! and we could understand one request differently, and `Origin` would be compared with whatever was sent.

use crate::{
    app::App,
    audit::Circumstances,
    error::{Error, FieldError},
    platform::http::nowhere,
};
use axum::{
    Extension,
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, Version, header, uri::Authority};

pub async fn guard(
    State(app): State<App>,
    circumstances: Extension<Circumstances>,
    request: Request,
    next: Next,
) -> Response {
    match fault(request.headers(), request.version()) {
        None => next.run(request).await,
        Some(code) => nowhere::refuse(&app, &circumstances, Error::malformed(FieldError::new("Host", code))),
    }
}

fn fault(headers: &HeaderMap, version: Version) -> Option<&'static str> {
    let mut hosts = headers.get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        // Before 1.1 there was no such header; old probes still come without.
        (None, _) => (version >= Version::HTTP_11).then_some("required"),
        (Some(_), Some(_)) => Some("duplicate"),
        (Some(host), None) => (!is_host(host.as_bytes())).then_some("malformed"),
    }
}

/// A host with or without a port, and nobody's name before it.
fn is_host(host: &[u8]) -> bool {
    !host.contains(&b'@') && Authority::try_from(host).is_ok_and(|authority| !authority.host().is_empty())
}
