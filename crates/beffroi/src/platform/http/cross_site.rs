//! Defence against requests that another site makes a person's browser send (RA-3). A change is accepted from our own
//! pages and from programs, never from a page of another origin, a sibling subdomain included. It holds for signing
//! in and out as well: being signed in as somebody else is an attack, too.

use crate::{
    app::App,
    audit::Circumstances,
    error::{Code, Error},
    platform::http::nowhere,
};
use axum::{
    Extension,
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, Method, Uri, header};

pub async fn guard(
    State(app): State<App>,
    circumstances: Extension<Circumstances>,
    request: Request,
    next: Next,
) -> Response {
    if !is_safe(request.method()) && !comes_from_here(&app, request.headers(), request.uri()) {
        return nowhere::refuse(&app, &circumstances, Error::refuse(Code::CROSS_SITE));
    }
    next.run(request).await
}

/// Whether requests of this method change nothing.
pub fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

fn comes_from_here(app: &App, headers: &HeaderMap, uri: &Uri) -> bool {
    match text(headers, "sec-fetch-site") {
        Some("same-origin" | "none") => true,
        Some(_) => false,
        // Older browsers send no Sec-Fetch-Site, but they send Origin with every change.
        None if headers.contains_key(header::ORIGIN) => is_own_origin(app, headers, uri),
        // Neither header: a program. It may bring a password, but not a browser's cookie.
        None => !headers.contains_key(header::COOKIE),
    }
}

/// Whether `Origin` is ours: the public URL's, or the host that was asked for. A socket upgrade is a GET and must
/// always be checked by this.
pub fn is_own_origin(app: &App, headers: &HeaderMap, uri: &Uri) -> bool {
    let Some(origin) = text(headers, "origin") else { return false };
    if let Some(public) = &app.config.public_url {
        return public.origin().ascii_serialization() == origin;
    }
    let host = text(headers, "host").or_else(|| uri.authority().map(|authority| authority.as_str()));
    let origin_host = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    matches!((host, origin_host), (Some(host), Some(origin)) if host.eq_ignore_ascii_case(origin))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
