//! Around every route: cross-origin headers on every status, errors in one shape, a bound on the
//! address, a log line.

use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, Version, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;

use super::error::ApiError;
use crate::serve::state::App;

/// Longest address, in bytes (DESIGN §3, Limits).
const MAX_URI_BYTES: usize = 16 * 1024;

/// What every address takes.
const METHODS: &str = "GET, HEAD, OPTIONS";

/// What addresses take, one of them more than others where there is an administrator.
#[derive(Debug, Clone, Copy)]
pub(super) struct Methods {
    post: Option<&'static str>,
}

impl Methods {
    /// Those of a service.
    pub(super) fn of(app: &App) -> Self {
        Self {
            post: app.settings.administrator.as_ref().map(|_| "/loads"),
        }
    }

    fn at(self, path: &str) -> HeaderValue {
        HeaderValue::from_static(match self.post {
            Some(post) if post == path => "GET, HEAD, OPTIONS, POST",
            _ if is_search(path) => "OPTIONS, POST",
            _ => METHODS,
        })
    }
}

/// Whether an address is that of a search by a body: `/collections/{collection}/search`.
fn is_search(path: &str) -> bool {
    let inner = path
        .strip_prefix("/collections/")
        .and_then(|p| p.strip_suffix("/search"));
    inner.is_some_and(|name| !name.is_empty() && !name.contains('/'))
}

/// Wraps the routes. An address with a slash at its end is the one without: some clients add one.
pub(super) fn wrap(routes: Router, methods: Methods) -> Router {
    let inner = routes
        .fallback(async || ApiError::NoRoute)
        .method_not_allowed_fallback(async || ApiError::Method)
        .layer(CatchPanicLayer::custom(|_| ApiError::Internal.into_response()))
        .layer(from_fn(one_error_shape))
        .layer(from_fn(well_formed))
        .layer(from_fn_with_state(methods, cross_origin))
        .layer(from_fn(logged));
    Router::new().fallback_service(inner).layer(from_fn(without_last_slash))
}

async fn without_last_slash(mut request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if let Some(shorter) = path.strip_suffix('/').filter(|p| !p.is_empty() && !p.ends_with('/')) {
        let query = request.uri().query().map_or_else(String::new, |q| format!("?{q}"));
        // A part of an address is an address; were it none, the route would answer as it stands.
        if let Ok(uri) = Uri::try_from(format!("{shorter}{query}")) {
            *request.uri_mut() = uri;
        }
    }
    next.run(request).await
}

/// Any site may read: nothing here depends on who asks. A preflight is answered here; a plain
/// OPTIONS goes on to the route (`CorsLayer` of tower-http would swallow it).
async fn cross_origin(State(methods): State<Methods>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let allowed = methods.at(&path);
    let preflight =
        request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if preflight {
        let mut response = StatusCode::NO_CONTENT.into_response();
        let headers = response.headers_mut();
        let methods = if is_search(&path) { "OPTIONS, POST" } else { METHODS };
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(methods));
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("*"));
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
        response
    } else if request.method() == Method::OPTIONS {
        options(request, next, &allowed).await
    } else {
        next.run(request).await
    };
    let status = response.status();
    let headers = response.headers_mut();
    if status == StatusCode::METHOD_NOT_ALLOWED {
        headers.insert(header::ALLOW, allowed);
    }
    allow_everyone(headers);
    response
}

/// What a plain OPTIONS asks: which methods this address takes.
async fn options(mut request: Request, next: Next, allowed: &HeaderValue) -> Response {
    *request.method_mut() = Method::HEAD;
    let found = next.run(request).await.status() != StatusCode::NOT_FOUND;
    if !found {
        return ApiError::NoRoute.into_response();
    }
    let mut response = StatusCode::OK.into_response();
    response.headers_mut().insert(header::ALLOW, allowed.clone());
    response
}

fn allow_everyone(headers: &mut HeaderMap) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    let exposed = "Content-Crs, ETag, Link, Location, OGC-NumberMatched, OGC-NumberReturned";
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(exposed));
}

/// The address has a bound, and the client says once whom it asks (RFC 9112, 3.2).
async fn well_formed(request: Request, next: Next) -> Response {
    let length = request.uri().path_and_query().map_or(0, |p| p.as_str().len());
    let hosts = request.headers().get_all(header::HOST).iter().count();
    if length > MAX_URI_BYTES {
        ApiError::UriTooLong.into_response()
    } else if hosts > 1 || (hosts == 0 && request.version() == Version::HTTP_11) {
        ApiError::BadRequest("a request has one Host header").into_response()
    } else {
        next.run(request).await
    }
}

/// Errors that axum makes itself (a path that is not UTF-8, say) get the same shape as ours.
async fn one_error_shape(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let ours = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|t| t == "application/problem+json");
    if ours || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let error = match status {
        StatusCode::METHOD_NOT_ALLOWED => ApiError::Method,
        StatusCode::NOT_FOUND => ApiError::NoRoute,
        s if s.is_client_error() => {
            ApiError::BadRequest("the address can't be read; encode it as UTF-8 with percent signs")
        }
        _ => ApiError::Internal,
    };
    error.into_response()
}

async fn logged(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let query = request.uri().query().unwrap_or_default().to_owned();
    let response: Response<Body> = next.run(request).await;
    let elapsed_ms = began.elapsed().as_secs_f64() * 1000.0;
    tracing::debug!(%method, path, query, status = response.status().as_u16(), elapsed_ms, "answered");
    response
}
