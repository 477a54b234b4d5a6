//! Requests that no route takes. They count as strangers' requests do (RA-1): nonsense is no way around the limits.

use crate::{
    app::App,
    audit::Circumstances,
    error::{Code, Error},
    platform::http::assets,
};
use axum::{
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::{StatusCode, header};

/// An address that leads nowhere: people see the application say so, programs get a problem.
pub async fn unknown_address(State(app): State<App>, circumstances: Circumstances, request: Request) -> Response {
    if let Err(limited) = app.limits.admit_stranger(circumstances.ip_address) {
        return limited.into_response();
    }
    let wants_page = request
        .headers()
        .get(header::ACCEPT)
        .is_some_and(|accept| accept.to_str().is_ok_and(|accept| accept.contains("text/html")));
    let is_api = request.uri().path().starts_with("/api/") || request.uri().path().starts_with("/assets/");
    if wants_page && !is_api {
        assets::page(StatusCode::NOT_FOUND)
    } else {
        Error::refuse(Code::NOT_FOUND).into_response()
    }
}

/// An address that is not asked this way; the router adds `Allow`.
pub async fn wrong_method(State(app): State<App>, circumstances: Circumstances) -> Response {
    refuse(&app, &circumstances, Error::refuse(Code::METHOD_NOT_ALLOWED))
}

/// Refuses before any route; slows down who is refused too often.
pub fn refuse(app: &App, circumstances: &Circumstances, refusal: Error) -> Response {
    app.limits.admit_stranger(circumstances.ip_address).err().unwrap_or(refusal).into_response()
}
