//! The browser application, served from the binary as it lies in `web/`. In a development build the files are read at
//! every request, so that a reload shows a change.

use crate::{
    error::{Code, Error},
    platform::http::describe::{As, Screen},
};
use axum::{
    body::Body,
    extract::Path,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "../../web"]
#[include = "index.html"]
#[include = "app/**/*.js"]
#[include = "styles/*.css"]
#[include = "i18n/*.json"]
#[include = "vendor/*.js"]
#[include = "vendor/*.css"]
#[include = "images/*"]
#[include = "*.svg"]
#[include = "*.webmanifest"]
struct Web;

/// A file below `/assets/`.
pub async fn asset(Path(path): Path<String>) -> As<Screen> {
    match Web::get(&path) {
        Some(file) => serve(&path, &file, StatusCode::OK).into(),
        None => Error::refuse(Code::NOT_FOUND).into_response().into(),
    }
}

/// The application itself, whatever screen the address names.
pub async fn application() -> As<Screen> {
    page(StatusCode::OK).into()
}

pub fn page(status: StatusCode) -> Response {
    match Web::get("index.html") {
        Some(file) => serve("index.html", &file, status),
        None => Error::broken("the application is not in the binary").into_response(),
    }
}

fn serve(path: &str, file: &EmbeddedFile, status: StatusCode) -> Response {
    let digest: String = file.metadata.sha256_hash()[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    let etag = format!("\"{digest}\"");
    let mut response = (status, Body::from(file.data.clone().into_owned())).into_response();
    let kind = match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("webmanifest") => "application/manifest+json",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(etag) = HeaderValue::try_from(etag) {
        headers.insert(header::ETAG, etag);
    }
    response
}
